// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.LinkEvidence;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is known of a connection, for a person. */
final class ConnectionView {
  private final TextOutput out;
  private final boolean why;

  ConnectionView(TextOutput out, boolean why) {
    this.out = out;
    this.why = why;
  }

  void show(ConnectionInfo connection) throws IOException {
    String recorder =
        connection.process().equals(ProcessInfo.UNKNOWN)
            ? ""
            : "  recorded in " + process(connection.process());
    boolean server = connection.role() == Role.SERVER;
    out.fact("client", endpoint(connection.client()) + (server ? "" : recorder));
    out.fact("server", endpoint(connection.server()) + (server ? recorder : ""));
    Link link = connection.link();
    out.fact("taken from", connection.scheme().equals("https") ? "TLS library" : "socket");
    out.fact("link", lower(link.method()) + ", " + lower(link.confidence()));
    if (connection.tls() != null && !connection.tls().equals(TlsInfo.UNKNOWN)) {
      out.fact("tls", SafeText.escape(tls(connection.tls())));
    }
    if (why) {
      out.fact("why", SafeText.escape(link.explanation()));
      for (LinkEvidence evidence : link.evidence()) {
        out.fact("  " + evidence.side().jsonName(), SafeText.escape(describe(evidence)));
      }
      if (connection.connection() != null) {
        out.fact("socket", "inode " + connection.connection().socket());
      }
    }
  }

  private static String describe(LinkEvidence evidence) {
    Long nanos = evidence.epochNanos();
    return nanos == null ? evidence.text() : Human.clock(nanos) + "  " + evidence.text();
  }

  private static String tls(TlsInfo tls) {
    List<String> offered = tls.alpnOffered();
    return Stream.of(
            tls.version(),
            tls.cipher(),
            named("server name", tls.sni()),
            named("protocol", tls.alpn()),
            named("offered", offered == null ? null : String.join(" ", offered)))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(", "));
  }

  private static @Nullable String named(String what, @Nullable String value) {
    return value == null ? null : what + " " + value;
  }

  private static String process(ProcessInfo process) {
    String comm = process.comm().isEmpty() ? "?" : process.comm();
    String exe = process.exe().isEmpty() ? "" : " " + process.exe();
    return SafeText.escape(comm + "[" + process.pid() + "]" + exe);
  }

  private static String endpoint(Endpoint endpoint) {
    return endpoint.equals(Endpoint.UNKNOWN) ? "not known" : SafeText.escape(endpoint.toString());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
