// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that the replayer writes for people or programs shows a captured or a live secret. */
final class LeakTest {
  private static final Planted RECORDED = new Planted("q7Zk");
  private static final Planted NOW = new Planted("w8Hd");

  @TempDir private Path folder;
  private LeakHunt hunt;

  @BeforeEach
  void record() throws IOException {
    hunt = new LeakHunt(folder, RECORDED, NOW);
    List<String> script = new ArrayList<>();
    for (int i = 0; i < RECORDED.calls().size(); i++) {
      Planted.Call call = RECORDED.calls().get(i);
      script.add("c%d: @ plain server 192.0.2.2:80 <- 192.0.2.1:%d".formatted(i, 30_000 + i));
      // What follows an upgrade or a request comes when it was answered, and the other way round.
      int head = call.request().indexOf("\r\n\r\n") + 4;
      boolean talk = call.request().contains("Upgrade: websocket");
      int heard = call.answer().indexOf("\r\n\r\n") + 4;
      script.add("c" + i + " >> " + EventScript.escaped(cut(call.request(), 0, talk ? head : -1)));
      script.add("c" + i + " << " + EventScript.escaped(cut(call.answer(), 0, talk ? heard : -1)));
      if (talk) {
        script.add("c" + i + " >> " + EventScript.escaped(call.request().substring(head)));
        script.add("c" + i + " << " + EventScript.escaped(call.answer().substring(heard)));
      }
      script.add("close c" + i);
    }
    EventScript.parse(String.join("\n", script)).writeTo(hunt.capture());
  }

  private static String cut(String text, int from, int to) {
    return text.substring(from, to < 0 ? text.length() : to);
  }

  /** Answers as recorded, with other secrets. */
  private static void serve(RawServer.Conversation conversation) throws IOException {
    String request = conversation.readRequest();
    while (request != null) {
      String number = request.substring(request.indexOf("/c") + 2).split("[^0-9]", 2)[0];
      conversation.write(NOW.calls().get(Integer.parseInt(number)).answer());
      if (request.contains("Upgrade: websocket")) {
        conversation.readBytes(1 << 16);
        return;
      }
      request = conversation.readRequest();
    }
  }

  @Test
  void everyOutput_ofACaptureFullOfSecrets_showsNone() throws Exception {
    try (RawServer server = new RawServer(LeakTest::serve)) {
      String url = "http://127.0.0.1:" + server.port();
      hunt.everything(url);
    }

    for (String format : List.of("table", "json", "ndjson")) {
      assertThat(hunt.written().get("plan " + format)).contains("/graphql");
    }
    assertThat(hunt.written().get("run json")).contains("\"different\"", "/graphql");
    assertThat(hunt.written().keySet())
        .contains(
            "junit.xml",
            "page.html",
            "learnt.yaml",
            "small/ReproducerTest.java",
            "report-json/report.json",
            "report-json/report.txt",
            "report-json/requests.ndjson");
    assertThat(RECORDED.count()).isGreaterThan(150);
    assertThat(hunt.leaks()).isEmpty();
  }

  /** The search finds what is there. */
  @Test
  void everyOutput_withSecretsIncluded_showsThem() throws Exception {
    try (RawServer server = new RawServer(LeakTest::serve)) {
      String url = "http://127.0.0.1:" + server.port();
      hunt.run("run json", url, "--format", "json", "--include-secrets");
    }

    assertThat(hunt.leaks())
        .containsKeys("recorded set-cookie", "now answer password", "recorded answer JWT");
    assertThat(hunt.leaks().size()).isGreaterThan(100);
  }

  @Test
  void errors_aboutATargetWithSecrets_showNone() {
    for (String target :
        List.of(
            "http://ann:hunter2Q7z@127.0.0.1:1",
            "http://ann:hunter2Q7z@127.0.0.1:0",
            "http://127.0.0.1:1/?token=hunter2Q7z",
            "http://127.0.0.1:1/a b?token=hunter2Q7z",
            "http://ann:hunter2Q7z@local host",
            "ann:hunter2Q7z@127.0.0.1:1",
            "ftp://ann:hunter2Q7z@127.0.0.1",
            "http://127.0.0.1:99999/?password=hunter2Q7z")) {
      for (String option : List.of("--target", "--baseline")) {
        String good = "http://127.0.0.1:1";
        hunt.execute(
            option + " " + target,
            "run",
            hunt.capture().toString(),
            "--debug",
            "--target",
            option.equals("--target") ? target : good,
            "--baseline",
            option.equals("--target") ? good : target);
      }
    }
    assertThat(hunt.written())
        .hasSize(16)
        .allSatisfy(
            (what, text) ->
                assertThat(text).as(what).contains("replayer:").doesNotContain("hunter2Q7z"));
  }
}
