// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.server.MockAccount;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a mock prints: where it listens, and at the end what it was asked. */
final class MockOutput {
  private static final String PROXY = "proxy";
  private static final JsonMapper JSON = new JsonMapper();

  private final PrintStream out;
  private final OutputFormat format;

  MockOutput(PrintStream out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  void started(StartedMock mock, @Nullable Path caFile) {
    Map<Upstream, Integer> calls = mock.book().upstreams();
    switch (format) {
      case TABLE -> table(mock, calls);
      case JSON -> {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.put(PROXY, StartedMock.url(mock.proxy()));
        all.put("ca_file", caFile == null ? null : caFile.toString());
        all.put("calls", mock.book().size());
        ObjectNode leftOut = all.putObject("left_out");
        mock.book().leftOut().forEach(leftOut::put);
        ArrayNode list = all.putArray("origins");
        calls.forEach((upstream, count) -> list.add(row(mock, upstream, count)));
        out.println(JSON.writeValueAsString(all));
      }
      case NDJSON -> {
        ObjectNode proxy = JsonNodeFactory.instance.objectNode();
        proxy.put("name", PROXY).put("url", StartedMock.url(mock.proxy()));
        out.println(JSON.writeValueAsString(proxy.put("calls", mock.book().size())));
        calls.forEach(
            (upstream, count) -> out.println(JSON.writeValueAsString(row(mock, upstream, count))));
      }
    }
    out.flush();
  }

  private static ObjectNode row(StartedMock mock, Upstream upstream, int calls) {
    InetSocketAddress address = mock.origins().get(upstream);
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("name", upstream.name());
    row.put("url", address == null ? null : StartedMock.url(address));
    return row.put("calls", calls);
  }

  private void table(StartedMock mock, Map<Upstream, Integer> calls) {
    int width = "NAME".length();
    for (Upstream upstream : calls.keySet()) {
      width = Math.max(width, SafeText.escape(upstream.name()).length());
    }
    String line = "%-" + width + "s  %5s  %s%n";
    out.printf(line, "NAME", "CALLS", "URL");
    out.printf(line, PROXY, mock.book().size(), StartedMock.url(mock.proxy()));
    for (Map.Entry<Upstream, Integer> one : calls.entrySet()) {
      InetSocketAddress address = mock.origins().get(one.getKey());
      out.printf(
          line,
          SafeText.escape(one.getKey().name()),
          one.getValue(),
          address == null ? "through the proxy" : StartedMock.url(address));
    }
  }

  void ended(MockAccount account) {
    if (format != OutputFormat.TABLE) {
      out.println(JSON.writeValueAsString(json(account)));
      out.flush();
    }
  }

  static ObjectNode json(MockAccount account) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.put("requests", account.requests());
    all.put("answered", account.answered());
    all.put("repeated", account.repeated());
    all.put("elsewhere", account.elsewhere());
    ObjectNode misses = all.putObject("misses");
    account.misses().forEach(misses::put);
    return all.put("unasked", account.unasked());
  }
}
