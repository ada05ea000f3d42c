// A CloudFront Function (runtime 2.0; no modules). A WebSocket API has one path, its stage: Prefect's path goes on as a header.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  var request = event.request;
  request.headers['x-pushpool-path'] = { value: request.uri };
  request.uri = '/live';
  return request;
}
