/**
 * The page at `/docs`: the operations of `openapi.json`, each with its parameters and body. It is one file that asks nobody
 * but the API, and shows nothing that is not in the document.
 */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pushpool API</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2733; }
h2 { border-bottom: 1px solid #ccd3db; margin-top: 2rem; }
details { border-bottom: 1px solid #e6eaee; padding: .3rem 0; }
summary { cursor: pointer; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #f5f7f9; padding: .6rem; overflow-x: auto; }
.method { display: inline-block; width: 4.5rem; font-weight: 600; }
.what { color: #5c6b7a; }
</style>
</head>
<body>
<h1>pushpool API</h1>
<p id="about">Reading <a href="openapi.json">openapi.json</a> …</p>
<input id="find" type="search" placeholder="Find an operation" aria-label="Find an operation" hidden>
<main id="operations"></main>
<script>
const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const show = (path, method, operation) => {
  const entry = element('details');
  const line = element('summary');
  line.append(element('span', method.toUpperCase(), 'method'), element('code', path), element('span', ' ' + operation.summary, 'what'));
  entry.append(line, element('p', operation.description));
  const parameters = operation.parameters.filter((parameter) => parameter.in !== 'header');
  if (parameters.length) entry.append(element('h4', 'Parameters'), element('pre', JSON.stringify(parameters, null, 2)));
  if (operation.requestBody) entry.append(element('h4', 'Body'), element('pre', JSON.stringify(operation.requestBody.content['application/json'].schema, null, 2)));
  entry.append(element('p', 'Answers: ' + Object.keys(operation.responses).join(', ')));
  entry.dataset.text = (method + ' ' + path + ' ' + operation.summary).toLowerCase();
  return entry;
};
fetch('openapi.json').then((answer) => answer.json()).then((api) => {
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags[0];
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(show(path, method, operation));
  }
  for (const [tag, entries] of [...groups].sort()) {
    const group = element('section');
    group.append(element('h2', tag), ...entries);
    document.getElementById('operations').append(group);
  }
  document.getElementById('about').textContent = api.info.description + ' Prefect ' + api.info.version + '.';
  const find = document.getElementById('find');
  find.hidden = false;
  find.addEventListener('input', () => {
    for (const entry of document.querySelectorAll('details')) entry.hidden = !entry.dataset.text.includes(find.value.toLowerCase());
  });
});
</script>
</body>
</html>
`;
