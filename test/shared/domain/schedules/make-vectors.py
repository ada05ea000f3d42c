"""
Writes vectors.json: the dates that Prefect's own schedules generate. Run with a Python before 3.13 that has Prefect 3.8.8.
Left out: local times that the clock skips in spring (before Python 3.13 Prefect moves them back, from 3.13 on forward, as
pushpool does), and what lies after 2037, where dateutil's time zones end.
"""

import json
import random
from datetime import datetime, timedelta, timezone

from dateutil import tz

from prefect._vendor.croniter import croniter
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

random.seed(8)
UTC = timezone.utc
STARTS = [
    datetime(2026, 11, 24, 5, 30, 12, 345678, UTC),
    datetime(2026, 3, 7, 18, 0, 0, 0, UTC),  # the day before New York springs forward
    datetime(2026, 3, 28, 20, 59, 59, 999999, UTC),  # ... and Berlin
    datetime(2026, 10, 24, 22, 30, 0, 0, UTC),  # Berlin falls back
    datetime(2026, 11, 1, 4, 15, 0, 0, UTC),  # New York falls back
    datetime(2028, 2, 27, 0, 0, 0, 0, UTC),
]
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", None]


def text(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def skips(schedule, start, count):
    """True when one of the next dates falls on a local time that does not exist."""
    zone = tz.gettz(schedule.timezone or "UTC")
    if isinstance(schedule, RRuleSchedule):
        return any(not tz.datetime_exists(date) for date in schedule.to_rrule().xafter(start, count=count, inc=True))
    if isinstance(schedule, IntervalSchedule):
        return False
    local = start.astimezone(zone).replace(tzinfo=None) - timedelta(seconds=1)
    times = croniter(schedule.cron, local, day_or=schedule.day_or)
    return any(not tz.datetime_exists(times.get_next(datetime), zone) for _ in range(count))


def vector(schedule, given, start, n=6, end=None):
    try:
        if skips(schedule, start, n + 1):
            return None
        dates = list(schedule._get_dates_generator(n=n, start=start, end=end))
    except Exception as error:  # croniter gives up on 30 February
        if type(error).__name__ != "CroniterBadDateError":
            raise
        if given["cron"] != "0 0 30 2 *":
            return None
        dates = []
    return {
        "schedule": given,
        "start": text(start),
        "end": text(end) if end else None,
        "n": n,
        "dates": [text(date) for date in dates],
    }


def number(low, high):
    return str(random.randint(low, high))


def part(low, high, names=None):
    choice = random.random()
    value = lambda: random.choice(names) if names and random.random() < 0.4 else number(low, high)
    if choice < 0.25:
        return "*"
    if choice < 0.55:
        return value()
    if choice < 0.75:
        return f"{value()}-{value()}"
    if choice < 0.85:
        return f"{value()}-{value()}/{random.randint(1, 7)}"
    if choice < 0.95:
        return f"*/{random.randint(1, 20)}"
    return f"{value()}/{random.randint(1, 20)}"


def field(low, high, names=None):
    return ",".join(part(low, high, names) for _ in range(random.choice([1, 1, 1, 1, 2, 3])))


def expression():
    months = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    days = "sun mon tue wed thu fri sat".split()
    fields = [field(0, 59), field(0, 23), field(1, 31), field(1, 12, months), field(0, 7, days)]
    if random.random() < 0.15:
        fields[2] = random.choice(["L", "l", "?", "1,L", "10-L", "L,15"])
    if random.random() < 0.25:
        fields[4] = random.choice(
            ["mon#1", "fri#3", "L5", "l0", "?", "1#2,3#4", "mon-wed#2", "L5,L1", "5#5", "7#1", "mon#1,tue", "*,mon#2"]
        )
    choice = random.random()
    if choice < 0.15:
        fields.append(field(0, 59))
    elif choice < 0.2:
        fields += [field(0, 59), random.choice(["*", "2026", "2027-2030", "2026/2"])]
    return " ".join(fields)


crons = ["0 0 * * *", "30 2 * * *", "30 1 * * *", "0 * * * *", "*/20 1-3 * * *", "@hourly", "@weekly", "0 9 * * mon-fri"]
crons += ["0 0 31 * *", "0 0 29 2 *", "0 0 13 * fri", "0 12 L * *", "0 0 * * mon#1", "15 10 * * L5", "0 22-2 * * *"]
crons += ["*/5 * * * * */20", "0 0 30 2 *", "0 0 1-31 * mon", "0 0 */2 * mon"]
vectors, validity = [], []
for cron in crons:
    for zone in ZONES:
        for start in STARTS:
            if random.random() < 0.5:
                given = {"cron": cron, "timezone": zone, "day_or": random.random() < 0.8}
                vectors.append(vector(CronSchedule(**given), given, start))
for _ in range(400):
    cron = expression()
    valid = croniter.is_valid(cron)
    validity.append([cron, valid])
    if valid and random.random() < 0.6:
        given = {"cron": cron, "timezone": random.choice(ZONES), "day_or": random.random() < 0.6}
        vectors.append(vector(CronSchedule(**given), given, random.choice(STARTS), 4))

intervals = [1, 60, 90.5, 3600, 5400, 43200, 86400, 90000, 172800, 604800, 2592000, 0.25]
anchors = ["2020-01-01T00:00:00Z", "2026-07-01T13:00:00Z", "2026-11-24T05:30:12.345678Z", "2030-01-01T09:00:00Z"]
for interval in intervals:
    for anchor in anchors:
        for zone in ZONES[:5]:
            if random.random() < 0.5:
                given = {"interval": interval, "anchor_date": anchor, "timezone": zone}
                vectors.append(vector(IntervalSchedule(**given), given, random.choice(STARTS)))

rules = [
    "DTSTART:20200101T000000\nFREQ=DAILY",
    "DTSTART:20200101T023000\nRRULE:FREQ=DAILY",
    "DTSTART:20200101T013000\nRRULE:FREQ=DAILY",
    "DTSTART:20200101T000000\nFREQ=HOURLY",
    "DTSTART:20260301T000000\nRRULE:FREQ=MINUTELY;INTERVAL=45",
    "DTSTART:20240101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "DTSTART:20240101T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU",
    "DTSTART:20240131T090000\nRRULE:FREQ=MONTHLY",
    "DTSTART:20240101T090000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR",
    "DTSTART:20240101T090000\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "DTSTART:20240101T090000\nRRULE:FREQ=YEARLY;BYMONTH=3,11;BYMONTHDAY=8,1;BYHOUR=1,2,3",
    "DTSTART:20240229T000000\nRRULE:FREQ=YEARLY",
    "DTSTART:20240101T090000\nRRULE:FREQ=DAILY;COUNT=10",
    "DTSTART:20260101T090000\nRRULE:FREQ=DAILY;COUNT=400",
    "DTSTART:20260101T090000\nRRULE:FREQ=DAILY;UNTIL=20261126T090000",
    "DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;UNTIL=20261126T090000Z",
    "DTSTART;TZID=Asia/Tokyo:20260101T090000\nRRULE:FREQ=DAILY;BYMINUTE=0,30",
    "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nEXDATE:20261125T090000,20261127T090000",
    "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY;BYDAY=SA,SU",
    "DTSTART:20260101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\nRDATE:20261128T120000",
    "DTSTART:20260101T000000\nRRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "DTSTART:20260101T000000\nRRULE:FREQ=YEARLY;BYYEARDAY=1,100,-1",
    "DTSTART:20260101T000000\nRRULE:FREQ=YEARLY;BYEASTER=-2",
]
for rule in rules:
    for zone in ZONES[:5]:
        for start in STARTS:
            if random.random() < 0.35:
                given = {"rrule": rule, "timezone": zone}
                vectors.append(vector(RRuleSchedule(**given), given, start))
for given in [one for one in vectors if one][::40]:
    start = datetime.fromisoformat(given["start"])
    kind = CronSchedule if "cron" in given["schedule"] else IntervalSchedule if "interval" in given["schedule"] else RRuleSchedule
    vectors.append(vector(kind(**given["schedule"]), given["schedule"], start, 10, start + timedelta(days=2)))

vectors = [one for one in vectors if one and all(date < "2038" for date in one["dates"])]
print(len(vectors), len(validity))
with open(__file__.replace("make-vectors.py", "vectors.json"), "w") as file:
    file.write('{"valid": [\n' + ",\n".join(json.dumps(one) for one in validity))
    file.write('\n], "dates": [\n' + ",\n".join(json.dumps(one) for one in vectors) + "\n]}\n")
