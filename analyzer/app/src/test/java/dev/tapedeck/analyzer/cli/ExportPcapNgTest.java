// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Packets made of streams, as our own import and tshark read them. */
class ExportPcapNgTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Pipelined, chunked, with gaps, over TLS, IPv6, a Unix socket, and one joined late. */
  private static final EventScript MIXED =
      EventScript.parse(
          """
          c1: @ tls server 192.0.2.1:40000 -> 192.0.2.2:8443
          c2: @ plain client 10.0.0.1:50000 -> 10.0.0.2:8080
          c3: @ plain server [2001:db8::2]:9000 <- [2001:db8::1]:40001
          c1 >> GET /a?token=SECRET HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\nGET /b HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
          + 3ms
          c1 << HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nfirst
          c1 << HTTP/1.1 404 Not Found\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n6\\r\\nsecond\\r\\n0\\r\\n\\r\\n
          c2 >> POST /c HTTP/1.1\\r\\nHost: back\\r\\nContent-Length: 9\\r\\n\\r\\n{"a":"b"}
          + 1ms
          c2 << HTTP/1.1 201 Created\\r\\nContent-Length: 20\\r\\n\\r\\n01234
          c2 << lost 10
          c2 << abcde
          c2 >> GET /d HTTP/1.1\\r\\nHost: back\\r\\n\\r\\n
          c2 << HTTP/1.1 204 No Content\\r\\n\\r\\n
          c3 >> GET /e HTTP/1.1\\r\\nHost: six\\r\\n\\r\\n
          + 7ms
          c3 << HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nsix
          close c1
          close c2
          close c3
          """);

  @TempDir Path folder;

  private Path capture() throws IOException {
    Path file = folder.resolve("mixed.tape");
    MIXED.writeTo(file);
    return file;
  }

  private Path export(Path capture, String... more) {
    Path out = folder.resolve("out.pcapng");
    List<Object> words =
        new ArrayList<>(List.of("export", "pcapng", capture, "-o", out.toString()));
    words.addAll(List.of(more));
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return out;
  }

  private static List<JsonNode> exchanges(Path capture, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("exchanges", capture, "--format", "ndjson", "--bodies", "text", "-q"));
    words.addAll(List.of(more));
    return CliRun.of(words.toArray()).out().lines().map(line -> MAPPER.readTree(line)).toList();
  }

  /** Returns what an exchange is, without what packets cannot say. */
  private static String essence(JsonNode exchange) {
    StringBuilder text = new StringBuilder();
    for (String side : List.of("request", "response")) {
      JsonNode message = exchange.path(side);
      for (String name :
          List.of(
              "method",
              "target",
              "status",
              "reason",
              "headers",
              "trailers",
              "framing",
              "body",
              "body_bytes",
              "completeness")) {
        text.append(name).append('=').append(message.path(name)).append(' ');
      }
      text.append(message.path("started_ns")).append('\n');
    }
    return text.append(exchange.path("client").path("ip")).toString();
  }

  private Path imported(Path pcapng) {
    Path file = folder.resolve("again.tape");
    CliRun run = CliRun.of("import", "pcap", pcapng, "-o", file.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return file;
  }

  @Test
  void pcapng_importedAgain_givesTheSameExchanges() throws IOException {
    Path capture = capture();
    List<String> before =
        exchanges(capture).stream().map(ExportPcapNgTest::essence).sorted().toList();
    Path again = imported(export(capture, "--include-secrets"));
    assertThat(before).hasSize(5);
    assertThat(exchanges(again).stream().map(ExportPcapNgTest::essence).sorted().toList())
        .isEqualTo(before);
  }

  @Test
  void pcapng_http2_importedAgain_givesTheSameExchanges() throws IOException {
    Path capture = TestCaptures.calls(folder);
    List<String> before =
        exchanges(capture).stream().map(ExportPcapNgTest::essence).sorted().toList();
    Path again = imported(export(capture, "--include-secrets"));
    assertThat(before).isNotEmpty();
    assertThat(exchanges(again).stream().map(ExportPcapNgTest::essence).sorted().toList())
        .isEqualTo(before);
  }

  @Test
  void pcapng_headsWithControlCharacters_areThereMasked() throws IOException {
    Path file = folder.resolve("hostile.tape");
    EventScript.parse(
            """
            @ plain server 192.0.2.1:40000 -> 192.0.2.2:80
            >> GET /\\x1b[2Jgone HTTP/1.1\\r\\nHost: shop\\r\\nX-A: \\x07bell\\r\\n\\r\\n
            << HTTP/1.1 200 \\x9b31mOK\\x1b\\r\\nContent-Length: 2\\r\\n\\r\\nok
            >> GET /next HTTP/1.1\\r\\nHost: shop\\r\\n\\r\\n
            << HTTP/1.1 204 No Content\\r\\n\\r\\n
            close
            """)
        .writeTo(file);
    Path out = export(file);
    assertThat(Files.readString(out, StandardCharsets.ISO_8859_1))
        .doesNotContain("\u001b", "gone", "bell");
    assertThat(exchanges(imported(out)))
        .extracting(exchange -> exchange.at("/request/target").asString())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("/").hasSize("/.[2Jgone".length()),
            second -> assertThat(second).isEqualTo("/next"));
  }

  @Test
  void pcapng_default_masksSecretsAndKeepsTheRest() throws IOException {
    Path out = export(capture());
    assertThat(new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1))
        .doesNotContain("SECRET")
        .contains("/a?token=MASKED", "GET /b HTTP/1.1");
    assertThat(exchanges(imported(out))).hasSize(5);
    Path calls = export(TestCaptures.calls(folder));
    assertThat(new String(Files.readAllBytes(calls), StandardCharsets.ISO_8859_1))
        .doesNotContain("SECRET");
  }

  @Test
  void pcapng_tshark_readsTheSameExchanges() throws Exception {
    Path out = export(capture(), "--include-secrets");
    String read =
        tshark(
            out,
            "-Y",
            "http",
            "-T",
            "fields",
            "-E",
            "separator=|",
            "-e",
            "http.request.method",
            "-e",
            "http.request.uri",
            "-e",
            "http.response.code",
            "-e",
            "http.file_data");
    assertThat(read.lines())
        .contains(
            "GET,GET|/a?token=SECRET,/b||",
            "||200|first",
            "||404|second",
            "POST|/c||{\"a\":\"b\"}",
            "GET|/d||",
            "||204|",
            "GET|/e||",
            "||200|six");
    assertThat(tshark(out, "-Y", "tcp.analysis.retransmission || _ws.malformed")).isEmpty();
    assertThat(tshark(out, "-Y", "tcp.analysis.lost_segment")).hasLineCount(1);
    assertThat(tshark(out, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"))
        .contains("server side of process", "decrypted", "server 192.0.2.2:8443");
    assertThat(tshark(out, "-Y", "tcp.checksum.status == 0 || ip.checksum.status == 0")).isEmpty();
    assertThat(tshark(out, "-Y", "tcp.flags.fin == 1")).hasLineCount(6);
  }

  @Test
  void pcapng_http2_tsharkReadsTheSameRequests() throws Exception {
    Path out = export(TestCaptures.calls(folder), "--include-secrets");
    assertThat(
            tshark(out, "-Y", "http2.headers.method", "-T", "fields", "-e", "http2.headers.path"))
        .contains("/shop.Stock/Watch?token=SECRET", "/robots.txt");
  }

  @Test
  void pcapng_severalCapturesAndFilter_hasTheConnectionsThatAreMeant() throws Exception {
    Path first = capture();
    Path second = folder.resolve("second.tape");
    EventScript.parse(
            """
            c1: @ plain server 10.0.0.8:80 <- 10.0.0.7:50001
            c2: @ plain server 10.0.0.8:80 <- 10.0.0.7:50002
            c1 >> GET /gone HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
            c1 << HTTP/1.1 404 Not Found\\r\\nContent-Length: 4\\r\\n\\r\\nnone
            c2 >> GET /there HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
            c2 << HTTP/1.1 201 Created\\r\\nContent-Length: 0\\r\\n\\r\\n
            close c1
            close c2
            """)
        .writeTo(second);
    Path out = folder.resolve("errors.pcapng");
    CliRun run =
        CliRun.of(
            "export",
            "pcapng",
            first,
            second,
            "--filter",
            "status == 404",
            "--include-secrets",
            "-o",
            out,
            "-q");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(tshark(out, "-Y", "http.response", "-T", "fields", "-e", "http.response.code"))
        .contains("200", "404")
        .doesNotContain("201", "204");
    assertThat(tshark(out, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment").lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("session 1:"))
        .anyMatch(line -> line.startsWith("session 2:"));
    List<String> before =
        Stream.of(first, second)
            .flatMap(file -> exchanges(file).stream())
            .map(ExportPcapNgTest::essence)
            .filter(exchange -> exchange.contains("status=404"))
            .toList();
    assertThat(exchanges(imported(out)).stream().map(ExportPcapNgTest::essence).toList())
        .containsAll(before);
  }

  @Test
  void pcapng_connectionsWithTheSameAddresses_stayApart() throws Exception {
    // At the same time in two captures, on two TLS ports from one port, and one after another.
    String script =
        """
        c1: @ tls server 10.0.0.1:40000 -> 10.0.0.2:8443
        c2: @ tls server 10.0.0.1:40000 -> 10.0.0.2:9443
        c1 >> GET /1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
        c2 >> GET /2 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
        c1 << HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\na
        c2 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nbb
        close c1
        close c2
        + 2s
        c3: @ plain server 10.0.0.1:40000 -> 10.0.0.2:80
        c3 >> GET /3 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
        c3 << HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nccc
        close c3
        """;
    Path first = folder.resolve("first.tape");
    Path second = folder.resolve("second.tape");
    EventScript.parse(script).writeTo(first);
    EventScript.parse(script).writeTo(second);
    Path out = folder.resolve("same.pcapng");
    CliRun run = CliRun.of("export", "pcapng", first, second, "-o", out, "-q");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(
            tshark(
                    out,
                    "-Y",
                    "http.request",
                    "-T",
                    "fields",
                    "-e",
                    "tcp.stream",
                    "-e",
                    "http.request.uri")
                .lines()
                .distinct())
        .hasSize(6);
    assertThat(tshark(out, "-Y", "tcp.analysis.retransmission || tcp.analysis.lost_segment"))
        .isEmpty();
    List<String> before =
        Stream.of(first, second)
            .flatMap(file -> exchanges(file).stream())
            .map(ExportPcapNgTest::essence)
            .toList();
    assertThat(
            exchanges(imported(out)).stream()
                .map(ExportPcapNgTest::essence)
                .map(text -> text.substring(0, text.lastIndexOf('\n')))
                .toList())
        .containsExactlyInAnyOrderElementsOf(
            before.stream().map(text -> text.substring(0, text.lastIndexOf('\n'))).toList());
  }

  @Test
  void pcapng_connectionThatWasReset_endsWithReset() throws Exception {
    EventScript script =
        EventScript.parse(
            ">> GET /a HTTP/1.1\\r"
                + "\\n"
                + "Host: x\\r"
                + "\\n"
                + "\\r"
                + "\\n\n"
                + "<< HTTP/1.1 200 OK\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "hal\n"
                + "close\n");
    Path file = folder.resolve("reset.tape");
    List<CaptureEvent> events = new ArrayList<>();
    for (CaptureEvent event : script.events()) {
      events.add(
          event instanceof SocketEvent.Close close
              ? new SocketEvent.Close(
                  close.stamp(),
                  close.connection(),
                  close.descriptor(),
                  new StreamEnds(
                      close.end().egressPosition(),
                      close.end().ingressPosition(),
                      0,
                      0,
                      true,
                      true))
              : event);
    }
    try (CaptureWriter writer =
        CaptureWriter.create(file, script.header(), WriterOptions.defaults())) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
    Path out = export(file, "--include-secrets");
    assertThat(tshark(out, "-Y", "tcp.flags.reset == 1")).hasLineCount(1);
    assertThat(tshark(out, "-Y", "tcp.flags.fin == 1")).isEmpty();
    assertThat(exchanges(imported(out)).get(0).path("completeness"))
        .isEqualTo(exchanges(file).get(0).path("completeness"));
  }

  private String tshark(Path file, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(List.of("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }
}
