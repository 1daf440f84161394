// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.replayer.certificate.CertificateAuthority;
import dev.tapedeck.replayer.certificate.IssuedCertificate;
import dev.tapedeck.replayer.mock.CallBook;
import dev.tapedeck.replayer.mock.Upstream;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the mock shows of itself in TLS: for each name a certificate of its authority, made when it
 * is asked for, in memory only.
 *
 * <p><b>Threads:</b> any.
 */
final class MockCertificates {
  /** Clients choose the names. */
  private static final int MOST_CONTEXTS = 1000;

  static final List<String> THIS_HOST = List.of("localhost", "127.0.0.1", "::1");

  private final CertificateAuthority authority;
  private final CallBook book;
  private final Map<Wanted, SslContext> contexts = new ConcurrentHashMap<>();

  private record Wanted(List<String> names, boolean preferHttp2) {}

  MockCertificates(CertificateAuthority authority, CallBook book) {
    this.authority = authority;
    this.book = book;
  }

  /**
   * Returns the context for a handshake.
   *
   * @param serverName that the client asked for; null when it named none
   */
  SslContext context(Place place, @Nullable String serverName) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    Upstream tunnel = place.tunnel();
    Upstream origin = place.origin();
    if (serverName != null) {
      names.add(serverName);
    }
    if (tunnel != null) {
      names.add(tunnel.host());
    } else {
      if (origin != null) {
        names.add(origin.host());
      }
      names.addAll(THIS_HOST);
    }
    names.removeIf(name -> !CertificateAuthority.isName(name));
    if (names.isEmpty()) {
      names.addAll(THIS_HOST);
    }
    Upstream meant = place.meant(serverName, false, true);
    Upstream known = meant == null ? null : book.find(meant);
    Wanted wanted = new Wanted(new ArrayList<>(names), known != null && book.speaksHttp2(known));
    SslContext context = contexts.get(wanted);
    if (context == null) {
      if (contexts.size() >= MOST_CONTEXTS) {
        contexts.clear();
      }
      context = create(wanted);
      contexts.put(wanted, context);
    }
    return context;
  }

  /** What was recorded is preferred; a client that speaks only the other gets that. */
  private SslContext create(Wanted wanted) throws IOException {
    String one = ApplicationProtocolNames.HTTP_1_1;
    String two = ApplicationProtocolNames.HTTP_2;
    try {
      IssuedCertificate certificate = authority.issue(wanted.names());
      return SslContextBuilder.forServer(certificate.key(), certificate.chain())
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  wanted.preferHttp2() ? two : one,
                  wanted.preferHttp2() ? one : two))
          .build();
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate cannot be made: " + e.getMessage(), e);
    }
  }
}
