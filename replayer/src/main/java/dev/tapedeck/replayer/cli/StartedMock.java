// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.certificate.CertificateAuthority;
import dev.tapedeck.replayer.engine.NanoClock;
import dev.tapedeck.replayer.mock.CallBook;
import dev.tapedeck.replayer.mock.LiveCalls;
import dev.tapedeck.replayer.mock.MockOptions;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.server.MockAccount;
import dev.tapedeck.replayer.mock.server.MockServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A mock that listens: at a proxy's address, and at one for each recorded service.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class StartedMock implements AutoCloseable {
  /** Each is a listening socket. */
  private static final int MOST_ORIGINS = 256;

  private final ReplayerCommand root;
  private final CallBook book;
  private final CertificateAuthority authority;
  private final MockServer server;
  private final InetSocketAddress proxy;
  private final Map<Upstream, InetSocketAddress> origins = new TreeMap<>();

  /**
   * Starts a mock.
   *
   * @param listen where the proxy listens
   * @param named services with addresses of their own
   * @param everyService whether the other services get one too
   */
  StartedMock(
      ReplayerCommand root,
      List<RecordedCapture> captures,
      MockOptions options,
      LiveCalls live,
      InetSocketAddress listen,
      Map<Upstream, InetSocketAddress> named,
      boolean everyService)
      throws IOException {
    this.root = root;
    book = new CallBook(captures, options, live);
    if (book.size() == 0) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "nothing to serve: no exchange of a recorded client; record the service that calls, or"
              + " choose other exchanges with the filter");
    }
    for (Upstream upstream : named.keySet()) {
      if (book.find(upstream) == null) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "nothing was recorded of "
                + upstream
                + "; recorded are "
                + String.join(
                    ", ", book.upstreams().keySet().stream().map(Upstream::name).toList()));
      }
    }
    try {
      authority = CertificateAuthority.create(Clock.systemUTC());
    } catch (GeneralSecurityException e) {
      throw new IOException("the mock's certificates cannot be made: " + e.getMessage(), e);
    }
    server =
        new MockServer(
            book,
            options,
            authority,
            NanoClock.SYSTEM,
            // Never quiet: a test that misses an answer is no test.
            miss -> root.terminal().err().println("replayer: " + SafeText.escape(miss.line())));
    try {
      proxy = server.listen(listen, null);
      for (Map.Entry<Upstream, InetSocketAddress> origin : named.entrySet()) {
        origins.put(origin.getKey(), server.listen(origin.getValue(), origin.getKey()));
      }
      if (everyService) {
        listenForAll();
      }
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void listenForAll() throws IOException {
    int left = 0;
    for (Upstream upstream : book.upstreams().keySet()) {
      if (origins.containsKey(upstream)) {
        continue;
      } else if (origins.size() >= MOST_ORIGINS) {
        left++;
        continue;
      }
      origins.put(
          upstream,
          server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), upstream));
    }
    if (left > 0) {
      root.tell(
          left
              + " of the services have no address of their own: name them with --origin, or use"
              + " the proxy");
    }
  }

  /** Says what of the capture it cannot serve. */
  void tellLeftOut() {
    book.leftOut()
        .forEach(
            (reason, count) ->
                root.tell("mock: " + count + " recorded calls have no answer to give: " + reason));
  }

  CallBook book() {
    return book;
  }

  MockServer server() {
    return server;
  }

  InetSocketAddress proxy() {
    return proxy;
  }

  /** Returns where each service is served, in the order of their names. */
  Map<Upstream, InetSocketAddress> origins() {
    return origins;
  }

  /** Returns the URL of a listener. */
  static String url(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String shown = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : host;
    return "http://"
        + (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown)
        + ":"
        + address.getPort();
  }

  X509Certificate authority() {
    return authority.certificate();
  }

  String caPem() throws IOException {
    try {
      return authority.pem();
    } catch (GeneralSecurityException e) {
      throw new IOException("the CA's certificate cannot be written: " + e.getMessage(), e);
    }
  }

  /** Returns what was asked, and says so. */
  MockAccount finish() throws IOException {
    MockAccount account = server.account();
    RuntimeException defect = server.defect();
    if (defect != null) {
      throw defect;
    }
    StringBuilder line = new StringBuilder("mock: ");
    line.append(account.requests()).append(" requests, ");
    line.append(account.answered()).append(" answered as recorded");
    if (account.repeated() > 0) {
      line.append(" (").append(account.repeated()).append(" again)");
    }
    line.append(", ").append(account.missed()).append(" missed");
    account
        .misses()
        .forEach((reason, count) -> line.append(' ').append(reason).append('=').append(count));
    line.append("; ").append(account.unasked()).append(" recorded answers were not asked for");
    root.tell(line.toString());
    if (account.elsewhere() > 0) {
      root.tell(
          "mock: "
              + account.elsewhere()
              + " answers were recorded for other requests than those that were being served");
    }
    return account;
  }

  @Override
  public void close() {
    server.close();
  }
}
