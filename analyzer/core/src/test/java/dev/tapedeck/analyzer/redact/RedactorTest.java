// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.analyzer.session.Analyses;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.WriterOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  @TempDir Path folder;

  private static final byte[] KEY = "a key of this test".getBytes(StandardCharsets.US_ASCII);
  private static final String CANARY = "Canary7Secret";
  private static final String OPEN = "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n";

  /** Secrets in all places; those of one value are the same. */
  private static final String SHOP =
      OPEN
          + """
          >> POST /login?next=%2F&token=Canary7Secret&q=1 HTTP/1.1\\r\\nHost: shop\\r\\nAuthorization: Bearer Canary7Secret\\r\\nCookie: theme=Canary7Secret; sid=Canary7Secret\\r\\nX-Api-Key: Canary7Secret\\r\\nReferer: http://u:Canary7Secret@h/?api_key=Canary7Secret#token=Canary7Secret\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nContent-Length: 40\\r\\n\\r\\nuser=ann&password=Canary7Secret&remember
          << HTTP/1.1 200 OK\\r\\nSet-Cookie: sid=Canary7Secret; Path=/; HttpOnly\\r\\nContent-Type: application/json\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n14\\r\\n{"password": "Canary\\r\\n2d\\r\\n7Secret", "n": {"token": 1234567, "a": true}}\\r\\n0\\r\\nX-Auth-Token: Canary7Secret\\r\\n\\r\\n
          >> GET /page HTTP/1.1\\r\\n\\r\\n
          << HTTP/1.1 200 OK\\r\\nContent-Length: 62\\r\\n\\r\\nkey AKIAABCDEFGHIJKLMNOP, eyJhbGciOi.eyJzdWIiOi.Canary7Secret!
          close
          """;

  private static List<CaptureEvent> redact(List<CaptureEvent> events, RedactionRules rules) {
    List<CaptureEvent> out = new ArrayList<>();
    Redactor redactor = new Redactor(rules, new Tokens(KEY));
    try {
      for (CaptureEvent event : events) {
        redactor.event(event, out::add);
      }
      redactor.end(out::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  private static String bytes(List<CaptureEvent> events) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data && data.payload() != null) {
        all.writeBytes(data.payload().toArray());
      }
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static long dropped(List<CaptureEvent> events) {
    return events.stream()
        .filter(e -> e instanceof LossEvent loss && loss.cause() == LossEvent.Cause.REDACTED)
        .mapToLong(e -> ((LossEvent) e).lostBytes())
        .sum();
  }

  /** Cuts each data event into calls of at most some bytes. */
  private static List<CaptureEvent> cut(List<CaptureEvent> events, int first, int most) {
    List<CaptureEvent> cut = new ArrayList<>();
    for (CaptureEvent event : events) {
      if (!(event instanceof StreamEvent.Data data) || data.payload() == null) {
        cut.add(event);
        continue;
      }
      int length = data.payload().length();
      int at = 0;
      while (at < length) {
        int to = Math.min(length, at + (at == 0 ? Math.max(1, Math.min(first, most)) : most));
        Bytes part = data.payload().slice(at, to);
        cut.add(
            new StreamEvent.Data(
                data.stamp(),
                data.stream(),
                data.position() + at,
                part.length(),
                part.length(),
                part,
                data.call()));
        at = to;
      }
    }
    return cut;
  }

  @Test
  void redact_everyPlace_maskedInPlaceAndTheRestAsItWas() {
    List<CaptureEvent> events = EventScript.parse(SHOP).events();
    List<CaptureEvent> masked = redact(events, RedactionRules.DEFAULT);
    String before = bytes(events);
    String after = bytes(masked);
    assertThat(after).hasSameSizeAs(before).doesNotContain("Canary", "7Secret", "1234567", "AKIA");
    assertThat(dropped(masked)).isZero();
    assertThat(masked).hasSameSizeAs(events);
    assertThat(after)
        .contains("Authorization: Bearer MASKED", "Cookie: theme=MASKED", "; Path=/; HttpOnly\r\n")
        .contains(
            "\r\n14\r\n{\"password\": \"",
            "\"n\": {\"token\": ",
            "&remember",
            "/login?next=%2F&token=MASKED")
        .contains("http://MASKED", "user=ann&password=MASKED");
    String token = after.substring(after.indexOf("Bearer ") + 7, after.indexOf("\r\nCookie"));
    assertThat(token).hasSize(CANARY.length());
    assertThat(after.split(token, -1)).hasSize(11);
  }

  @Test
  void redact_then_analyze_sameExchanges() {
    List<CaptureEvent> events = EventScript.parse(SHOP).events();
    assertThat(shape(redact(events, RedactionRules.DEFAULT))).isEqualTo(shape(events));
  }

  private static List<String> shape(List<CaptureEvent> events) {
    List<String> shape = new ArrayList<>();
    for (Session session : Analyses.analyzeEachEnd(events)) {
      for (Exchange exchange : session.exchanges()) {
        shape.add(
            exchange.id()
                + exchange.completeness()
                + (exchange.request() == null
                    ? ""
                    : exchange.request().method() + exchange.request().headers().size())
                + (exchange.response() == null
                    ? ""
                    : exchange.response().status()
                        + ":"
                        + exchange.response().body().content().length()));
      }
    }
    return shape;
  }

  @Test
  void redact_splitAtEveryOffset_sameBytesAndNoCanary() {
    List<CaptureEvent> events = EventScript.parse(SHOP).events();
    String whole = bytes(redact(events, RedactionRules.DEFAULT));
    int longest = bytes(events).length();
    for (int split = 1; split < longest; split++) {
      assertThat(bytes(redact(cut(events, split, longest), RedactionRules.DEFAULT)))
          .as("split at %d", split)
          .isEqualTo(whole);
    }
    for (int size : new int[] {1, 2, 3, 7, 64}) {
      assertThat(bytes(redact(cut(events, size, size), RedactionRules.DEFAULT)))
          .as("calls of %d", size)
          .isEqualTo(whole);
    }
  }

  @Test
  void redact_disordered_sameStreams() {
    List<CaptureEvent> events = cut(EventScript.parse(SHOP).events(), 100, 100);
    List<CaptureEvent> shuffled = new ArrayList<>(events);
    for (int i = 0; i + 1 < shuffled.size(); i++) {
      if (shuffled.get(i) instanceof StreamEvent one
          && shuffled.get(i + 1) instanceof StreamEvent two
          && one.stream().equals(two.stream())) {
        shuffled.set(i, two);
        shuffled.set(i + 1, one);
        i++;
      }
    }
    List<CaptureEvent> masked = redact(shuffled, RedactionRules.DEFAULT);
    assertThat(dropped(masked)).isZero();
    assertThat(shape(masked)).isEqualTo(shape(events));
    assertThat(bytes(masked)).doesNotContain("Canary", "7Secret");
  }

  @Test
  void redact_intoAFile_noCanaryInItsBytesOrInItsBlocks() throws IOException {
    EventScript script = EventScript.parse(SHOP);
    for (int split = 1; split < 700; split += 37) {
      Path file = folder.resolve(split + ".tape");
      try (CaptureWriter writer =
          CaptureWriter.create(file, script.header(), WriterOptions.defaults())) {
        for (CaptureEvent event :
            redact(cut(script.events(), split, split), RedactionRules.DEFAULT)) {
          writer.write(event);
        }
      }
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
          .as("calls of %d", split)
          .doesNotContain("Canary", "7Secret");
      List<CaptureEvent> read = new ArrayList<>();
      try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
        reader.read(Projection.ALL, read::add);
      }
      assertThat(bytes(read)).contains("MASKED").doesNotContain("Canary", "7Secret");
    }
  }

  @Test
  void schema_knowsTheKeysOfTheReader() throws IOException {
    String schema = Files.readString(Path.of("../../docs/redaction.schema.json"));
    for (Set<String> keys :
        List.of(RedactionRulesReader.TOP_KEYS, RedactionRulesReader.RULE_KEYS)) {
      assertThat(keys).allSatisfy(key -> assertThat(schema).contains("\"" + key + "\": {"));
    }
  }

  /** What cannot be masked; each holds a canary that no rule would find. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ">> Authorization: Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r\\nX-A : Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r\\nA: b\\r\\n folded Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r\\nA: b\\rX: Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r\\nA: b\\x00Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r\\nA\\x0b: Canary7Secret\\r\\n\\r\\n",
        ">> POST / HTTP/1.1\\r\\nContent-Length: 13\\x0b\\r\\n\\r\\nCanary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Transfer-Encoding: \\x0bchunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "d\\r"
            + "\\n"
            + "Canary7Secret\\r"
            + "\\n"
            + "0\\r"
            + "\\n"
            + "\\r"
            + "\\n",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Type: \\x0bapplication/json\\r"
            + "\\n"
            + "Content-Length: 13\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "Canary7Secret",
        ">> GET / HTTP/1.1\\r\\n\\r\\n\\n<< HTTP/1.1 200 OK\\rX: Canary7Secret\\r\\n\\r\\n",
        ">> GET /Canary7Secret HTTP/1.1 x\\r\\n\\r\\n",
        ">> PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\nCanary7Secret",
        ">> \\x16\\x03\\x01 Canary7Secret",
        ">> POST / HTTP/1.1\\r\\nContent-Length: 5, 5\\r\\n\\r\\nCanary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Length: 13\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "Canary7Secret",
        ">> POST / HTTP/1.1\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\nCanary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "1;x=Canary7Secret\\r"
            + "\\n"
            + "a\\r"
            + "\\n"
            + "0\\r"
            + "\\n"
            + "\\r"
            + "\\n",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Encoding: gzip\\r"
            + "\\n"
            + "Content-Length: 13\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "Canary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Type: multipart/form-data\\r"
            + "\\n"
            + "Content-Length: 13\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "Canary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Type: application/json\\r"
            + "\\n"
            + "Content-Length: 14\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "{Canary7Secret",
        ">> POST / HTTP/1.1\\r"
            + "\\n"
            + "Content-Type: text/plain\\r"
            + "\\n"
            + "Content-Length: 14\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "{Canary7Secret",
        ">> POST / HTTP/1.1\\r\\nContent-Length: 16\\r\\n\\r\\n\\xef\\xbb\\xbfCanary7Secret",
        ">> GET /Canary7Secret HTTP/1.1\\r\\nHost: a",
        ">> GET / HTTP/1.1\\r\\nHo\\n>> gap 3\\n>> a: Canary7Secret\\r\\n\\r\\n",
        ">> GET / HTTP/1.1\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "\\n"
            + "<< HTTP/1.1 101 Switching\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "Canary7Secret\\n"
            + ">> Canary7Secret",
        ">> CONNECT a:1 HTTP/1.1\\r\\n\\r\\n\\n<< HTTP/1.1 200 OK\\r\\n\\r\\nCanary7Secret",
        "<< HTTP/1.1 200 OK\\r\\n\\r\\nCanary7Secret",
        "<< Canary7Secret and more"
      })
  void redact_whatCannotBeMasked_droppedAndCounted(String lines) {
    String script = OPEN + lines.replace("\\n>>", "\n>>").replace("\\n<<", "\n<<") + "\nclose\n";
    List<CaptureEvent> events = EventScript.parse(script).events();
    String whole = bytes(redact(events, RedactionRules.DEFAULT));
    assertThat(bytes(events)).contains(CANARY);
    for (int size : new int[] {1, 3, 5, 1000}) {
      List<CaptureEvent> masked = redact(cut(events, size, size), RedactionRules.DEFAULT);
      assertThat(bytes(masked)).as("calls of %d", size).doesNotContain("Canary").isEqualTo(whole);
      assertThat(dropped(masked)).isEqualTo(bytes(events).length() - whole.length());
    }
  }

  /** A reader that leaves control characters out could find a secret that no rule finds. */
  @Test
  void redact_controlCharactersInAHead_maskedWithWhatStandsAroundThem() {
    String script =
        OPEN
            + ">> GET /a/b?q=1&x=Canary\\x1b7Secret&y=Canary7Secret HTTP/1.1\\r"
            + "\\n"
            + "Host: shop\\r"
            + "\\n"
            + "X-A: Canary\\x077Secret\\r"
            + "\\n"
            + "X-B: plain\\r"
            + "\\n"
            + "\\r"
            + "\\n\n"
            + "<< HTTP/1.1 200 Canary\\x7f7Secret\\r"
            + "\\n"
            + "Content-Length: 2\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "ok\n"
            + ">> GET /c HTTP/1.1\\r"
            + "\\n"
            + "\\r"
            + "\\n\n"
            + "close\n";
    List<CaptureEvent> events = EventScript.parse(script).events();
    List<CaptureEvent> masked = redact(events, RedactionRules.DEFAULT);
    assertThat(dropped(masked)).isZero();
    assertThat(bytes(masked))
        .hasSameSizeAs(bytes(events))
        .startsWith("GET /a/b?q=1&x=MASKED")
        .contains("X-A: MASKED", "X-B: plain", "HTTP/1.1 200 MASKED", "GET /c HTTP/1.1")
        .doesNotContain("Canary", "Secret", "\u001b", "\u0007", "\u007f");
    assertThat(shape(masked)).isEqualTo(shape(events));
  }

  @Test
  void redact_connectionFromBeforeTheRecording_droppedWhole() {
    List<CaptureEvent> events = new ArrayList<>(EventScript.parse(SHOP).events());
    events.removeIf(e -> e instanceof SocketEvent.Accept);
    List<CaptureEvent> masked = redact(events, RedactionRules.DEFAULT);
    assertThat(bytes(masked)).isEmpty();
    assertThat(dropped(masked)).isEqualTo(bytes(events).length());
  }

  @Test
  void redact_bodyThatIsDropped_keepsWhatFollows() {
    String script =
        OPEN
            + ">> POST /a HTTP/1.1\\r"
            + "\\n"
            + "Content-Encoding: br\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "d\\r"
            + "\\n"
            + "Canary7Secret\\r"
            + "\\n"
            + "0\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "GET /b HTTP/1.1\\r"
            + "\\n"
            + "\\r"
            + "\\n\n"
            + "close\n";
    List<CaptureEvent> events = EventScript.parse(script).events();
    List<CaptureEvent> masked = redact(events, RedactionRules.DEFAULT);
    assertThat(bytes(masked))
        .endsWith("\r\n\r\nd\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
        .doesNotContain("Canary");
    assertThat(dropped(masked)).isEqualTo(13);
    assertThat(shape(masked)).hasSize(2);
  }

  @Test
  void redact_bodyOverTheLimit_dropped() throws RulesException {
    RedactionRules rules = RedactionRulesReader.parse("r", "max_body: 10\n");
    String script =
        OPEN + ">> POST / HTTP/1.1\\r\\nContent-Length: 13\\r\\n\\r\\nCanary7Secret\nclose\n";
    List<CaptureEvent> masked = redact(EventScript.parse(script).events(), rules);
    assertThat(bytes(masked)).endsWith("13\r\n\r\n");
    assertThat(dropped(masked)).isEqualTo(13);
  }

  @Test
  void redact_gapInABody_goesOnAfterIt() {
    String script =
        OPEN
            + ">> POST /a HTTP/1.1\\r\\nContent-Length: 20\\r\\n\\r\\nCanary7\n>> gap 7\n"
            + ">> SecretGET /b?token=Canary7Secret HTTP/1.1\\r\\n\\r\\n\nclose\n";
    List<CaptureEvent> masked = redact(EventScript.parse(script).events(), RedactionRules.DEFAULT);
    assertThat(bytes(masked)).contains("GET /b?token=MASKED").doesNotContain("Canary", "Secret");
    assertThat(dropped(masked)).isEqualTo(13);
  }

  @Test
  void rules_ofAFile_areFollowed() throws RulesException {
    RedactionRules rules =
        RedactionRulesReader.parse(
            "shop.yaml",
            """
            version: 1
            name: shop
            defaults: false
            rules:
              - header: x-customer-*
              - query: who
              - form: card
              - json: $.orders[*].card
              - json: $..pin
                reason: people choose it
              - pattern: 'IBAN ([A-Z0-9]+)'
                name: iban
            """);
    assertThat(rules.describe())
        .isEqualTo(
            "shop; header x-customer-*; query who; form card; json $.orders[*].card; json $..pin;"
                + " pattern iban");
    String json =
        "{\"orders\":[{\"card\":\"4111-1111\",\"n\":1},{\"card\":77}],\"a\":{\"pin\":[true,\"x9\"]}}";
    String script =
        OPEN
            + ">> GET /?who=ann&token=seen IBAN1 HTTP/1.1\\r\\n".replace(" IBAN1", "")
            + "X-Customer-Id: 77777\\r"
            + "\\n"
            + "X-Note: IBAN DE1234\\r"
            + "\\n"
            + "Content-Type: application/json\\r"
            + "\\n"
            + "Content-Length: "
            + json.length()
            + "\\r\\n\\r\\n"
            + json
            + "\nclose\n";
    String after = bytes(redact(EventScript.parse(script).events(), rules));
    assertThat(after)
        .contains("token=seen", "X-Note: IBAN ", "\"n\":1}", "{\"pin\":[null,\"")
        .doesNotContain("who=ann", "77777", "DE1234", "4111", ":77}", "x9");
  }

  @Test
  void rules_wrong_nameTheLine() {
    assertThat(problem("rules:\n  - headr: x\n")).startsWith("r:2: unknown key 'headr'");
    assertThat(problem("rules:\n  - header: x\n    json: $.a\n"))
        .startsWith("r:2: a redaction rule has exactly one of");
    assertThat(problem("rules:\n  - pattern: 'a('\n")).startsWith("r:2: pattern: ");
    assertThat(problem("rules:\n  - json: a.b\n")).startsWith("r:2: path 'a.b'");
    assertThat(problem("max_body: much\n")).startsWith("r:1: max_body");
  }

  private static String problem(String yaml) {
    try {
      RedactionRulesReader.parse("r", yaml);
      return "";
    } catch (RulesException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void tokens_sameKeySameValue_equalAndOfTheSameLength() {
    assertThat(token(KEY, "4111111111111111"))
        .isEqualTo(token(KEY, "4111111111111111"))
        .containsOnlyDigits()
        .hasSize(16);
    assertThat(token(KEY, CANARY))
        .isNotEqualTo(token("other".getBytes(StandardCharsets.US_ASCII), CANARY));
    assertThat(token(KEY, "x".repeat(100))).hasSize(100).matches("MASKED[A-Za-z0-9]+");
  }

  private static String token(byte[] key, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    new Tokens(key).mask(bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void redact_anyBytes_neverFailsAndAccountsForAll() {
    String valid = bytes(EventScript.parse(SHOP).events());
    for (long seed = 0; seed < 400; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] mutated = valid.getBytes(StandardCharsets.ISO_8859_1);
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      List<CaptureEvent> events = new ArrayList<>();
      int at = 0;
      for (CaptureEvent event : EventScript.parse(SHOP).events()) {
        if (event instanceof StreamEvent.Data data && data.payload() != null) {
          int length = data.payload().length();
          Bytes part = Bytes.wrap(mutated, at, length);
          at += length;
          events.add(
              new StreamEvent.Data(
                  data.stamp(), data.stream(), data.position(), length, length, part, data.call()));
        } else {
          events.add(event);
        }
      }
      int size = random.nextInt(1, 200);
      List<CaptureEvent> masked = redact(cut(events, size, size), RedactionRules.DEFAULT);
      assertThat(bytes(masked).length() + dropped(masked))
          .as("seed %d", seed)
          .isEqualTo(valid.length());
      assertThat(bytes(masked))
          .as("seed %d", seed)
          .isEqualTo(bytes(redact(events, RedactionRules.DEFAULT)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "default, true",
    "default; header x-pin, true",
    "shop; default; header x-pin, true",
    "shop; header x-pin | default, true",
    "shop; header default, false",
    "shop, false",
    "'', false"
  })
  void followedDefaults_attribute_saysWhetherTheDefaultRulesHeld(String attribute, boolean held) {
    assertThat(Redactor.followedDefaults(attribute)).isEqualTo(held);
  }
}
