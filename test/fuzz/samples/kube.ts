/** Lines of a watch of metadata, as an API server sends them. */
const METADATA =
  '{"name":"app-config","namespace":"web","uid":"0b5c9f5e-5d0f-4c6e-9d0c-0b8f1f6a7d11","resourceVersion":"1234","creationTimestamp":"2026-11-09T08:07:06Z","managedFields":[{"manager":"kubectl","operation":"Apply","time":"2026-11-09T08:07:07Z"}]}';
const OBJECT = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${METADATA}}`;

export const watchLines = [
  `{"type":"ADDED","object":${OBJECT}}\n{"type":"MODIFIED","object":${OBJECT.replace('1234', '1240')}}\n`,
  `{"type":"DELETED","object":${OBJECT}}\n`,
  '{"type":"BOOKMARK","object":{"kind":"PartialObjectMetadata","metadata":{"resourceVersion":"9999","creationTimestamp":null}}}\n',
  '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (9999)","reason":"Expired","code":410}}\n',
  '{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"storage is (re)initializing","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}}\n',
] as const;

export const statusBodies = [
  '{"kind":"Status","status":"Failure","message":"configmaps is forbidden: User \\"system:serviceaccount:web:app\\" cannot watch resource \\"configmaps\\" in API group \\"\\"","reason":"Forbidden","details":{"kind":"configmaps"},"code":403}',
  '{"kind":"Status","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}',
  '{"kind":"Status","details":{"retryAfterSeconds":5,"causes":[{"field":"data","message":"immutable"}]},"code":422}',
  '<html><body>502 Bad Gateway</body></html>',
] as const;

export const jsonJunk = [
  'null',
  'true',
  '{}',
  '[]',
  '""',
  '{"type":',
  '"type"',
  '"object"',
  '"metadata"',
  '"ERROR"',
  '"RENAMED"',
  '"code"',
  ':',
  ',',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\\ud800',
  '\n',
] as const;
