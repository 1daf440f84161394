// Recorded requests for k6: k6 run FILE. Running this sends them again, also those that
// change something. -e TARGET=http://127.0.0.1:8080 sends all of them elsewhere,
// -e PACE=1 waits between them as long as it was when they were recorded.
import http from 'k6/http';
import encoding from 'k6/encoding';
import { check, sleep } from 'k6';

export const options = { vus: 1, iterations: 1 };

const TARGET = __ENV.TARGET;
const PACE = Number(__ENV.PACE || 0);

function wait(seconds) {
  if (PACE > 0 && seconds > 0) {
    sleep(seconds * PACE);
  }
}

function send(id, method, origin, target, body, headers, status) {
  const answer = http.request(method, (TARGET || origin) + target, body, {
    headers: headers,
    redirects: 0,
    tags: { name: id },
  });
  if (status > 0) {
    check(answer, { [id + ' has status ' + status]: (r) => r.status === status });
  }
  return answer;
}

export default function () {
  // Secrets are masked: MASKED... stands in their place.

  // 2.1
  send('2.1', 'POST', 'http://back', '/backend',
    '{"a":"b"}',
    {
      ['host']: 'back',
    },
    201);

  // 1.1
  send('1.1', 'GET', 'https://shop.example', '/orders?token=MASKED',
    null,
    {
      ['Host']: 'shop.example',
      ['Cookie']: 'sid=MASKED',
    },
    200);

  // 1.2
  wait(0.007010);
  send('1.2', 'GET', 'https://shop.example', '/%1B[31mred',
    null,
    {
      ['Host']: 'shop.example',
    },
    404);
}
