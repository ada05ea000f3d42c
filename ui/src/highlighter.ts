import highlighter from 'highlight.js/lib/core';
import json from 'highlight.js/lib/languages/json';

/** The highlighter with the one language that Prefect's worker takes for granted; it registers the others that it needs. */
highlighter.registerLanguage('json', json);

export default highlighter;
