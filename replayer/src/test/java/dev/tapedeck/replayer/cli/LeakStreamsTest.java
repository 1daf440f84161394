// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.StreamsServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link LeakTest}, over HTTP/2 and in calls of gRPC with metadata. */
final class LeakStreamsTest {
  private static final Secrets RECORDED = Secrets.of(new Planted("q7Zk"));
  private static final Secrets NOW = Secrets.of(new Planted("w8Hd"));

  @TempDir private Path folder;
  private LeakHunt hunt;

  /**
   * One call of gRPC.
   *
   * @param metadata names and values in turn, as are fields and trailers of the answer
   */
  private record Call(
      List<String> metadata,
      String message,
      List<String> fields,
      String answer,
      List<String> trailers) {}

  private record Secrets(Planted planted, List<Call> calls) {
    static Secrets of(Planted planted) {
      List<Call> calls = new ArrayList<>();
      List<String> type = List.of("content-type", "application/grpc");
      for (String name : List.of("authorization", "x-api-key", "x-auth-token", "cookie")) {
        calls.add(
            new Call(
                with(type, name, value(planted, name, "metadata")),
                message("asked"),
                with(type, name, value(planted, name, "answer metadata")),
                message("told"),
                with(
                    List.of("grpc-status", "16"),
                    "grpc-message",
                    "token=" + planted.secret("grpc-message beside " + name),
                    name,
                    value(planted, name, "trailing metadata"))));
      }
      String binary = base64("token=" + planted.secret("binary metadata"));
      String binaryNow = base64("token=" + planted.secret("binary trailing metadata"));
      calls.add(
          new Call(
              with(type, "auth-token-bin", binary),
              message("asked"),
              type,
              message("told"),
              with(List.of("grpc-status", "0"), "session-token-bin", binaryNow)));
      return new Secrets(planted, calls);
    }

    private static String value(Planted planted, String name, String place) {
      String secret = planted.secret(place + " " + name);
      return switch (name) {
        case "authorization" -> "Bearer " + secret;
        case "cookie" -> "sid=" + secret;
        default -> secret;
      };
    }

    private static List<String> with(List<String> fields, String... more) {
      List<String> all = new ArrayList<>(fields);
      all.addAll(List.of(more));
      return all;
    }

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A message of one text, the first field, behind its length. */
    private static String message(String text) {
      return "\0\0\0\0" + (char) (text.length() + 2) + "\012" + (char) text.length() + text;
    }
  }

  /** Whether HTTP/2 can say that: it has no upgrades and no chunks. */
  private static boolean isSaidInStreams(Planted.Call call) {
    return !call.request().contains("Upgrade:")
        && !call.request().contains("Transfer-Encoding:")
        && !call.answer().contains("Transfer-Encoding:");
  }

  @BeforeEach
  void record() throws IOException {
    hunt = new LeakHunt(folder, RECORDED.planted(), NOW.planted());
    List<String> script = new ArrayList<>();
    for (int i = 0; i < RECORDED.planted().calls().size(); i++) {
      Planted.Call call = RECORDED.planted().calls().get(i);
      if (isSaidInStreams(call)) {
        String[] line = call.request().split(" ", 3);
        List<String> status = List.of(":status", call.answer().split(" ", 3)[1]);
        talk(
            script,
            i,
            section(line[0], line[1], fields(call.request())),
            body(call.request()),
            section(status, fields(call.answer())),
            body(call.answer()),
            List.of());
      }
    }
    for (int i = 0; i < RECORDED.calls().size(); i++) {
      Call call = RECORDED.calls().get(i);
      talk(
          script,
          1000 + i,
          section("POST", "/g" + i + "/shop.Cart/Add", call.metadata()),
          call.message(),
          section(List.of(":status", "200"), call.fields()),
          call.answer(),
          call.trailers());
    }
    EventScript.parse(String.join("\n", script)).writeTo(hunt.capture());
  }

  /** A connection with one stream. */
  private static void talk(
      List<String> script,
      int number,
      FieldSection head,
      String body,
      FieldSection answer,
      String answerBody,
      List<String> trailers) {
    String name = "c" + number;
    script.add("%s: @ plain server 192.0.2.2:80 <- 192.0.2.1:%d".formatted(name, 30_000 + number));
    script.addAll(StreamLines.opening(name));
    frames(script, name + " >> ", head, body, List.of());
    frames(script, name + " << ", answer, answerBody, trailers);
    script.add("close " + name);
  }

  private static void frames(
      List<String> script, String to, FieldSection head, String body, List<String> trailers) {
    boolean alone = body.isEmpty() && trailers.isEmpty();
    script.add(to + StreamLines.content(Http2Writer.section(head, 1, alone)));
    if (!body.isEmpty()) {
      Bytes data = Http2Writer.data(Bytes.latin1(body), 1, trailers.isEmpty());
      script.add(to + StreamLines.content(data));
    }
    if (!trailers.isEmpty()) {
      FieldSection last = section(List.of(), trailers);
      script.add(to + StreamLines.content(Http2Writer.section(last, 1, true)));
    }
  }

  private static FieldSection section(String method, String path, List<String> fields) {
    return section(
        List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "shop.example"),
        fields);
  }

  private static FieldSection section(List<String> pseudo, List<String> fields) {
    FieldSection section = new FieldSection();
    for (List<String> lines : List.of(pseudo, fields)) {
      for (int i = 0; i < lines.size(); i += 2) {
        section.add(lines.get(i), lines.get(i + 1));
      }
    }
    return section;
  }

  /** Returns the fields of what HTTP/1 says, but for the host. */
  private static List<String> fields(String message) {
    List<String> fields = new ArrayList<>();
    for (String line : message.substring(0, message.indexOf("\r\n\r\n")).split("\r\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0 && line.indexOf(' ') > colon && !line.startsWith("Host: ")) {
        fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT));
        fields.add(line.substring(colon + 2));
      }
    }
    return fields;
  }

  private static String body(String message) {
    return message.substring(message.indexOf("\r\n\r\n") + 4);
  }

  /** Answers as recorded, with other secrets. */
  private static void serve(StreamsServer.Asked asked) {
    boolean grpc = asked.path().startsWith("/g") && !asked.path().startsWith("/graphql");
    int number = Integer.parseInt(asked.path().substring(2).split("[^0-9]", 2)[0]);
    if (grpc) {
      Call call = NOW.calls().get(number);
      asked.answer(call.fields(), call.answer(), call.trailers());
    } else {
      asked.answerAs(NOW.planted().calls().get(number).answer());
    }
  }

  @Test
  void everyOutput_ofStreamsFullOfSecrets_showsNone() throws Exception {
    try (StreamsServer server = new StreamsServer(null, LeakStreamsTest::serve)) {
      hunt.everything("http://127.0.0.1:" + server.port());
    }

    assertThat(hunt.written().get("plan json")).contains("/g4/shop.Cart/Add");
    assertThat(hunt.written().get("run json"))
        .contains("\"different\"", "trailer:x-auth-token", "grpc-message", "shop.Cart/Add");
    assertThat(hunt.leaks()).isEmpty();
  }

  /** The search finds what is there. */
  @Test
  void everyOutput_withSecretsIncluded_showsThem() throws Exception {
    try (StreamsServer server = new StreamsServer(null, LeakStreamsTest::serve)) {
      String url = "http://127.0.0.1:" + server.port();
      hunt.run("run json", url, "--format", "json", "--include-secrets");
    }

    assertThat(hunt.leaks())
        .containsKeys(
            "recorded set-cookie",
            "now answer password",
            "recorded answer metadata authorization",
            "now trailing metadata x-auth-token",
            "recorded grpc-message beside cookie",
            "now binary trailing metadata");
    assertThat(hunt.leaks().size()).isGreaterThan(100);
  }
}
