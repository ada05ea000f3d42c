/** Where a bundle has the files of the web page. */
export const PAGE_FOLDER = 'page';

/** What is deployed in place of a page that was not built: who opens it is told what to do. */
export const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>pushpool</title>
<h1>pushpool answers here; its web page was not built</h1>
<p>Whoever deployed it can add the page: <code>npm run ui:build</code>, then <code>npx cdk deploy</code>.</p>
<p>The API is at <a href="/docs">/api</a>: <code>PREFECT_API_URL</code> is this address with <code>/api</code>.</p>
</html>
`;
