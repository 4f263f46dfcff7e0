export const missingPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Clerestory</title>
<p>The pages are not built yet. Stop the server and run <code>npm start</code>, which builds them.</p></html>`;
