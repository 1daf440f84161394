// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses targets that the captures name as recorded servers, so that a replay never hits the
 * production service it was recorded from.
 *
 * <p>Loopback addresses are different machines on different hosts: they count only with the same
 * port and on the host that the capture came from.
 */
public final class TargetGuard {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<Server> servers = new HashSet<>();
  private final Set<String> hostNames = new HashSet<>();
  private final LocalHost here;

  /**
   * Collects what the captures name.
   *
   * @param here the host that this runs on
   */
  public TargetGuard(List<RecordedCapture> captures, LocalHost here) {
    this.here = here;
    for (RecordedCapture capture : captures) {
      boolean own = here.isHostOf(capture);
      for (Session session : capture.sessions()) {
        Endpoint server = session.connection().server();
        addAddress(server.address(), server.port(), own);
        boolean tls = session.connection().tlsSession() != null;
        for (Exchange exchange : session.exchanges()) {
          HttpRequest request = exchange.request();
          if (request != null && request.authority() != null) {
            addAuthority(request.authority(), tls, own);
          }
        }
      }
    }
  }

  /**
   * Returns why the target is refused; null when it is not.
   *
   * @param addresses what the target's host stands for
   */
  public @Nullable String refusal(Target target, List<InetAddress> addresses) {
    String host = withoutFinalDot(target.host());
    if (hostNames.contains(host)) {
      return "target " + target + " is a recorded server: the capture names host " + host;
    }
    for (InetAddress address : addresses) {
      for (Server server : servers) {
        if (server.port() == target.port() && isSame(server, address)) {
          return "target "
              + target
              + " is a recorded server: the capture names "
              + new Endpoint(server.address(), server.port());
        }
      }
    }
    return null;
  }

  private boolean isSame(Server server, InetAddress target) {
    InetAddress recorded = Addresses.ofLiteral(server.address());
    boolean targetIsHere = here.isLocal(target);
    if (server.onThisHost() && targetIsHere && here.isLocal(recorded)) {
      // A service that listens on all addresses is reached through each of them.
      return true;
    }
    return !Addresses.isLoopback(target) && recorded.equals(target);
  }

  private void addAddress(String address, int port, boolean own) {
    if (port != 0 && Addresses.isLiteral(address)) {
      servers.add(new Server(Addresses.canonical(address), port, own));
    }
  }

  private void addAuthority(String authority, boolean tls, boolean own) {
    int bracket = authority.lastIndexOf(']');
    int colon = authority.indexOf(':', Math.max(bracket, 0));
    String name = colon < 0 ? authority : authority.substring(0, colon);
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    int port = colon < 0 ? (tls ? HTTPS_PORT : HTTP_PORT) : port(authority.substring(colon + 1));
    name = withoutFinalDot(name.toLowerCase(Locale.ROOT));
    if (Addresses.isLiteral(name)) {
      addAddress(name, port, own);
    } else if (name.equals("localhost") || name.endsWith(".localhost")) {
      // RFC 6761, section 6.3: these names are loopback addresses.
      addAddress("127.0.0.1", port, own);
    } else if (!name.isEmpty()) {
      hostNames.add(name);
    }
  }

  /** Returns 0 for what is no port. */
  private static int port(String text) {
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    return port <= 65535 ? port : 0;
  }

  private static String withoutFinalDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private record Server(String address, int port, boolean onThisHost) {}
}
