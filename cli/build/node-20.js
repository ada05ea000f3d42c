// What the source uses and Node 20 does not have yet. Put before everything else by bundle.ts.
Promise.withResolvers ??= function withResolvers() {
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

Map.groupBy ??= (items, keyOf) => {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

Object.groupBy ??= (items, keyOf) => Object.assign(Object.create(null), Object.fromEntries(Map.groupBy(items, keyOf)));

// Numbers that keep their spelling: JSON.rawJSON, and the source text that a reviver is given.
if (!JSON.rawJSON) {
  const { parse, stringify } = JSON;
  const raw = new WeakSet();
  const mark = '\u0000number:';
  let used = false;
  JSON.isRawJSON = (value) => raw.has(value);
  JSON.rawJSON = (text) => {
    const made = Object.freeze(Object.assign(Object.create(null), { rawJSON: String(text) }));
    raw.add(made);
    used = true;
    return made;
  };
  JSON.stringify = (value, replacer, space) => {
    if (!used || replacer) return stringify(value, replacer, space);
    const text = stringify(value, (_key, each) => (raw.has(each) ? mark + each.rawJSON : each), space);
    return text?.replaceAll(/"\\u0000number:([^"]*)"/g, '$1');
  };
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  JSON.parse = (text, reviver) => {
    if (!reviver || reviver.length < 3) return parse(text, reviver);
    parse(text); // says what is wrong with it
    const marked = String(text).replaceAll(token, (each) => (each[0] === '"' ? each : `"\\u0000number:${each}"`));
    return parse(marked, function revive(key, value) {
      const source = typeof value === 'string' && value.startsWith(mark) ? value.slice(mark.length) : undefined;
      return reviver.call(this, key, source === undefined ? value : Number(source), { source });
    });
  };
}
