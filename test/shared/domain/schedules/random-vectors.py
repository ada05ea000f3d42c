"""
Prints, as lines of JSON, what Prefect's own schedules generate for random schedules from random moments of 2000 to 2036:
`python random-vectors.py SEED COUNT`. Left out is what `make-vectors.py` leaves out, for the same reasons.
"""

import json
import random
import sys
from datetime import datetime, timedelta, timezone

from dateutil import tz

from prefect._vendor.croniter import croniter
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

UTC = timezone.utc
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Europe/London", "Asia/Kolkata", "Asia/Tokyo"]
ZONES += ["Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Auckland", "Africa/Cairo", None]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()
ALIASES = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"]


def text(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment():
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(36 * 366 * 86400), microseconds=random.choice([0, 0, 123456]))


def start_near(zone):
    """Half of the time within a day of a change of the clock."""
    begin = moment()
    if random.random() < 0.5 or zone in (None, "UTC"):
        return begin
    there = tz.gettz(zone)
    for day in range(200):
        later = begin + timedelta(days=day)
        if later.astimezone(there).utcoffset() != (later + timedelta(days=1)).astimezone(there).utcoffset():
            return later - timedelta(hours=random.randrange(24))
    return begin


def field(low, high, names=None, base=0):
    def value():
        number = random.randint(low, high)
        return names[number - base] if names and number - base < len(names) and random.random() < 0.4 else str(number)

    def part():
        choice = random.random()
        if choice < 0.3:
            return "*"
        if choice < 0.6:
            return value()
        if choice < 0.8:
            return "-".join([value(), value()])
        return random.choice(["*", value()]) + f"/{random.randint(1, 20)}"

    return ",".join(part() for _ in range(random.choice([1, 1, 1, 2])))


def cron(zone):
    expression = " ".join([field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS, 1), field(0, 7, WEEKDAYS)])
    if random.random() < 0.1:
        expression = random.choice(ALIASES)
    return {"cron": expression, "timezone": zone, "day_or": random.random() < 0.6}


def interval(zone):
    whole_days = random.randint(1, 40) * 86400
    seconds = random.choice([random.randint(1, 100000), whole_days, whole_days + 3600, random.randint(1, 50) * 0.5])
    return {"interval": seconds, "anchor_date": text(moment()), "timezone": zone}


def rrule(zone):
    begin = moment().replace(microsecond=0)
    rule = {"FREQ": random.choice(["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), "INTERVAL": random.randint(1, 5)}
    some = lambda values, most: ",".join(str(value) for value in sorted(random.sample(values, random.randint(1, most))))
    if random.random() < 0.4:
        rule["BYDAY"] = some(DAYS, 3)
    if random.random() < 0.2 and rule["FREQ"] in ("MONTHLY", "YEARLY", "DAILY"):
        rule["BYMONTHDAY"] = some([1, 13, 28, 31, -1], 2)
    if random.random() < 0.2:
        rule["BYHOUR"] = some(list(range(24)), 3)
    if random.random() < 0.1:
        rule["BYMONTH"] = some(list(range(1, 13)), 4)
    choice = random.random()
    if choice < 0.2:
        rule["COUNT"] = random.randint(1, 500)
    elif choice < 0.4:
        rule["UNTIL"] = (begin + timedelta(days=random.randrange(3000))).strftime("%Y%m%dT%H%M%S")
    lines = [begin.strftime("DTSTART:%Y%m%dT%H%M%S"), "RRULE:" + ";".join(f"{key}={value}" for key, value in rule.items())]
    if random.random() < 0.2:
        lines.append("RRULE:FREQ=MONTHLY;BYMONTHDAY=1")
    if random.random() < 0.2:
        lines.append((begin + timedelta(days=random.randrange(400), hours=5)).strftime("RDATE:%Y%m%dT%H%M%S"))
    if random.random() < 0.2:
        lines.append("EXRULE:FREQ=WEEKLY;BYDAY=SA,SU")
    return {"rrule": "\n".join(lines), "timezone": zone}, begin


def skips(schedule, start, count):
    """True when one of the next dates falls on a local time that does not exist."""
    zone = tz.gettz(schedule.timezone or "UTC")
    if isinstance(schedule, RRuleSchedule):
        return any(not tz.datetime_exists(date) for date in schedule.to_rrule().xafter(start, count=count, inc=True))
    if isinstance(schedule, IntervalSchedule):
        return False
    times = croniter(schedule.cron, start.astimezone(zone).replace(tzinfo=None) - timedelta(seconds=1), day_or=schedule.day_or)
    return any(not tz.datetime_exists(times.get_next(datetime), zone) for _ in range(count))


def vector():
    zone = random.choice(ZONES)
    kind = random.choice([CronSchedule, IntervalSchedule, RRuleSchedule])
    start = start_near(zone)
    if kind is RRuleSchedule:
        given, begin = rrule(zone or "UTC")
        # Where the rule is: dateutil counts every date from its beginning.
        start = begin + timedelta(days=random.randrange(-30, 400), seconds=random.randrange(86400))
    else:
        given = cron(zone) if kind is CronSchedule else interval(zone)
    try:
        schedule = kind(**given)
        if skips(schedule, start, 13):
            return None
        dates = [text(date) for date in schedule._get_dates_generator(n=12, start=start)]
    except Exception as error:  # an expression without dates, or one that croniter refuses
        if type(error).__name__ in ("CroniterBadDateError", "ValidationError"):
            return None
        raise
    if any(date >= "2037" for date in dates):
        return None
    return {"schedule": given, "start": text(start), "n": 12, "dates": dates}


random.seed(int(sys.argv[1]))
made = 0
while made < int(sys.argv[2]):
    one = vector()
    if one:
        made += 1
        print(json.dumps(one))
