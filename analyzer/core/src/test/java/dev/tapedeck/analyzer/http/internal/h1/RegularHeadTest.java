// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way of reading a head finds what the long one does, or leaves it to that. */
class RegularHeadTest {
  private static final int HEADS = 20_000;

  /** What stands before and behind a head must not matter. */
  private static final int AROUND = 11;

  private static final String[] START_LINES = {
    "GET / HTTP/1.1\r\n",
    "POST /a/b?c=d;e HTTP/1.0\r\n",
    "DELETE http://user@host.example:80/x#y HTTP/1.1\r\n",
    "M-SEARCH * HTTP/1.1\r\n",
    "GET /\u00e4\u00ff HTTP/1.1\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 404 Not  Found \r\n",
    "HTTP/1.1 204\r\n",
    "HTTP/1.1 204 \r\n",
    "HTTP/1.1 599 \u00fc\r\n",
    // Odd ones.
    "get / HTTP/1.1\r\n",
    "GET  / HTTP/1.1\r\n",
    "GET /a b HTTP/1.1\r\n",
    "GET / http/1.1\r\n",
    "GET / HTTP/1.12\r\n",
    "GET /\tHTTP/1.1\r\n",
    "GET / HTTP/1.1 \r\n",
    "GET / HTTP/1.1\n",
    "GET /\r\n",
    "GET HTTP/1.1\r\n",
    " GET / HTTP/1.1\r\n",
    "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 2000 OK\r\n",
    "HTTP/1.1 99a OK\r\n",
    "HTTP/1.1  200 OK\r\n",
    "HTTP/2.0 200 OK\r\n",
    "http/1.1 200 OK\r\n",
    "HTTP/1.1 200\tOK\r\n",
    "HTTP/1.1 200 O\u0001K\r\n"
  };

  private static final String[] FIELDS = {
    "Host: shop.example\r\n",
    "host:other\r\n",
    "HOST:  spaces \r\n",
    "Content-Length: 12\r\n",
    "content-length: 12, 13\r\n",
    "CONTENT-LENGTH:007\r\n",
    "Content-Length: +5x\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "transfer-encoding: Chunked\r\n",
    "Content-Encoding: br\r\n",
    "Content-Type: text/event-stream; charset=utf-8\r\n",
    "Content-Type: application/grpc-web\r\n",
    "Content-Type: Application/Grpc\r\n",
    "content_type: x\r\n",
    "Connection: CLOSE\r\n",
    "Connection: keep-alive\r\n",
    "Upgrade: websocket\r\n",
    "Expect: 100-Continue\r\n",
    "X-0123456789_abcdefg.hij: v\r\n",
    "a: \r\n",
    "b:\r\n",
    "Sec-CH-UA-Full-Version-List-And-More: \"x\"; \u00e9\r\n",
    // Odd ones.
    ": no name\r\n",
    "no colon\r\n",
    "space : x\r\n",
    " folded\r\n",
    "\tfolded: too\r\n",
    "Content-Length: 3\n",
    "Content-Length: 3\r\r\n",
    "Transfer-Encoding\u0000: chunked\r\n",
    "tab:\tvalue\t\r\n",
    "inside: a\tb\r\n",
    "control: \u000ea\r\n",
    "control: a\u001f\r\n",
    "control: a\u0001b\r\n",
    "cr: a\rContent-Length: 4\r\n",
    "n\u00e4me: x\r\n",
    "Content-Length\u00e4: 3\r\n"
  };

  private static final List<Object> NO_FACTS = facts(new ParsedMessage());

  private final SplittableRandom random = new SplittableRandom(17);

  /** Of one direction: remembers the head before. */
  private final ParsedMessage shortWay = new ParsedMessage();

  private String before = "";
  private int regular;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void read_anyHead_findsWhatTheLongWayFinds(boolean request) {
    MessageRules rules =
        request ? new RequestRules() : new ResponseRules(() -> RequestContext.OTHER);
    for (int i = 0; i < HEADS; i++) {
      String head = head();
      compare(rules, head, surrounded(head));
    }
    assertThat(regular).as("heads that were read the short way").isGreaterThan(HEADS / 50);
  }

  /** Returns a head, often with some lines of the one before it. */
  private String head() {
    String head = newHead();
    int lineEnd = before.indexOf("\r\n");
    if (lineEnd > 0 && random.nextBoolean()) {
      int to = random.nextInt(lineEnd + 2, before.length() + 1);
      head = START_LINES[random.nextInt(START_LINES.length)] + before.substring(lineEnd + 2, to);
      head += FIELDS[random.nextInt(FIELDS.length)] + (random.nextBoolean() ? "\r\n" : head);
    }
    before = head;
    return head;
  }

  private String newHead() {
    StringBuilder head = new StringBuilder(START_LINES[random.nextInt(START_LINES.length)]);
    int fields = random.nextInt(7);
    int known = random.nextBoolean() ? 22 : FIELDS.length;
    for (int i = 0; i < fields; i++) {
      head.append(FIELDS[random.nextInt(known)]);
    }
    head.append(random.nextInt(20) == 0 ? "\n" : "\r\n");
    if (random.nextInt(5) == 0) {
      head.setCharAt(random.nextInt(head.length()), (char) random.nextInt(256));
    }
    if (random.nextInt(10) == 0) {
      head.setLength(random.nextInt(head.length()));
    }
    return head.toString();
  }

  /** Returns the head in the middle of an array, with what looks like more of it around. */
  private static Bytes surrounded(String head) {
    String around = "X: y\r\n\r\nGET";
    Bytes bytes = Bytes.latin1(around + head + around);
    assertThat(around).hasSize(AROUND);
    return bytes.slice(AROUND, AROUND + head.length());
  }

  private void compare(MessageRules rules, String text, Bytes run) {
    byte[] array = run.sharedArray();
    int from = run.sharedOffset();
    int end = from + run.length();
    shortWay.begin(0, 0);
    int length = RegularHead.read(rules, run, from, end, shortWay);
    if (length == RegularHead.NOT) {
      assertThat(facts(shortWay)).as(text).isEqualTo(NO_FACTS);
      assertThat(shortWay.anomalies()).isEmpty();
      return;
    }
    regular++;
    ParsedMessage longWay = new ParsedMessage();
    longWay.begin(0, 0);
    HeadScanner scanner = new HeadScanner(rules);
    scanner.begin(longWay.startLine, false, false);
    assertThat(scanner.scan(array, from, end)).as(text).isEqualTo(length);
    longWay.head(run, 0, length);
    longWay.startLine.report(longWay);
    FieldReader reader = new FieldReader();
    HeaderFields fields =
        reader.read(
            longWay.head(),
            array,
            from,
            scanner.lines(),
            1,
            scanner.fieldLinesEnd(),
            longWay,
            longWay.facts);
    assertThat(shortWay.head()).as(text).isEqualTo(longWay.head());
    assertThat(HeaderFields.inHead(shortWay.head())).as(text).isEqualTo(fields);
    assertThat(startLine(shortWay)).as(text).isEqualTo(startLine(longWay));
    assertThat(facts(shortWay)).as(text).isEqualTo(facts(longWay));
    assertThat(shortWay.anomalies()).as(text).isEqualTo(longWay.anomalies());
    assertThat(reader.readHead(longWay, array, from, scanner)).as(text).isNull();
  }

  private static List<Object> startLine(ParsedMessage message) {
    StartLine line = message.startLine;
    return List.of(
        line.methodFrom,
        line.methodTo,
        line.targetFrom,
        line.targetTo,
        line.versionFrom,
        line.versionTo,
        line.reasonFrom,
        line.reasonTo,
        line.status,
        line.odd);
  }

  private static List<Object> facts(ParsedMessage message) {
    HeadFacts facts = message.facts;
    return List.of(
        facts.contentLength,
        facts.otherLength,
        facts.lengthInDoubt,
        facts.connectionClose,
        facts.transferEncoding,
        facts.hiddenTransferEncoding,
        facts.transferCoded,
        facts.chunkedLast,
        facts.chunkedAnywhere,
        facts.upgrade,
        facts.contentEncoding,
        facts.contentEncodingFrom(),
        facts.contentEncodingTo(),
        facts.expectContinue,
        facts.eventStream,
        facts.grpc,
        facts.hostFrom,
        facts.hostTo);
  }
}
