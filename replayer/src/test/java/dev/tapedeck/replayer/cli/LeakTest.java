// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import dev.tapedeck.replayer.ReplayOutcome;
import dev.tapedeck.replayer.ReplayTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that the replayer writes for people or programs shows a captured or a live secret. */
final class LeakTest {
  private static final Planted RECORDED = new Planted("q7Zk");
  private static final Planted NOW = new Planted("w8Hd");

  @TempDir private Path folder;
  private Path capture;

  /** What was written, by what wrote it. */
  private final Map<String, String> written = new TreeMap<>();

  @BeforeEach
  void record() throws IOException {
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
    capture = folder.resolve("secrets.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
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
      for (String format : List.of("table", "json", "ndjson")) {
        run("run " + format, url, "--format", format, "--report", path("report-" + format));
        execute(
            "plan " + format,
            "plan",
            capture.toString(),
            "--target",
            url,
            "--allow-unsafe",
            "--format",
            format);
      }
      run("run files", url, "--junit-xml", path("junit.xml"), "--html", path("page.html"));
      run("run minimize", url, "--minimize=" + path("small"), "--minimize-trials", "3");
      execute("learn", "learn", capture.toString(), "--target", url, "-o", path("learnt.yaml"));
      ReplayOutcome outcome = ReplayTest.of(capture).allowUnsafe(true).maxErrors(0).run(url);
      written.put("test", outcome + "\n" + outcome.baseline() + "\n" + outcome.actual());
    }
    collect(folder);

    for (String format : List.of("table", "json", "ndjson")) {
      assertThat(written.get("plan " + format)).contains("/graphql");
    }
    assertThat(written.get("run json")).contains("\"different\"", "/graphql");
    assertThat(written.keySet())
        .contains(
            "junit.xml",
            "page.html",
            "learnt.yaml",
            "small/ReproducerTest.java",
            "report-json/report.json",
            "report-json/report.txt",
            "report-json/requests.ndjson");
    assertThat(RECORDED.count()).isGreaterThan(150);
    assertThat(leaks()).isEmpty();
  }

  /** The search finds what is there. */
  @Test
  void everyOutput_withSecretsIncluded_showsThem() throws Exception {
    try (RawServer server = new RawServer(LeakTest::serve)) {
      String url = "http://127.0.0.1:" + server.port();
      run("run json", url, "--format", "json", "--include-secrets");
    }

    assertThat(leaks())
        .containsKeys("recorded set-cookie", "now answer password", "recorded answer JWT");
    assertThat(leaks().size()).isGreaterThan(100);
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
        execute(
            option + " " + target,
            "run",
            capture.toString(),
            "--debug",
            "--target",
            option.equals("--target") ? target : good,
            "--baseline",
            option.equals("--target") ? good : target);
      }
    }
    assertThat(written)
        .hasSize(16)
        .allSatisfy(
            (what, text) ->
                assertThat(text).as(what).contains("replayer:").doesNotContain("hunter2Q7z"));
  }

  private Map<String, List<String>> leaks() {
    Map<String, List<String>> leaks = new TreeMap<>();
    written.forEach(
        (where, text) -> {
          SortedSet<String> recorded = RECORDED.leaksIn(text);
          recorded.forEach(
              what -> leaks.computeIfAbsent("recorded " + what, w -> new ArrayList<>()).add(where));
          NOW.leaksIn(text)
              .forEach(
                  what -> leaks.computeIfAbsent("now " + what, w -> new ArrayList<>()).add(where));
        });
    return leaks;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void collect(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Captures hold what was recorded.
        if (!file.toString().endsWith(".tape")) {
          String text = Files.readString(file, StandardCharsets.ISO_8859_1);
          written.put(folder.relativize(file).toString(), text);
        }
      }
    }
  }

  private void run(String name, String url, String... more) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("run", capture.toString(), "--target", url, "--allow-unsafe"));
    words.addAll(List.of("--debug", "--pace", "max", "--max-errors", "0", "--color", "always"));
    words.addAll(List.of(more));
    execute(name, words.toArray(String[]::new));
  }

  private void execute(String name, String... words) {
    Ran ran = Ran.command(words);
    written.put(name, ran.out() + "\n" + ran.err());
  }
}
