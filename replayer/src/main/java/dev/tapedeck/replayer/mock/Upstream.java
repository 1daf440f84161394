// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.target.Addresses;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service that requests are meant for, by the name its clients use.
 *
 * @param host name in lower case without a dot at its end, or an address in canonical form; empty
 *     when nothing names it
 * @param port 1 to 65535; 0 when nothing names it
 */
public record Upstream(String host, int port) implements Comparable<Upstream> {
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:\\[(?<six>[^\\]]*)]|(?<name>[^:\\[\\]]*))(?::(?<port>[0-9]{1,5})?)?");
  private static final int MAX_PORT = 65535;

  public Upstream {
    String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    host = Addresses.canonical(plain);
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port=" + port);
    }
  }

  /** Returns the port that a URL of the scheme has when it names none. */
  public static int defaultPort(boolean tls) {
    return tls ? 443 : 80;
  }

  /**
   * Returns what an authority names (RFC 3986, section 3.2); null when it is none.
   *
   * @param defaultPort when it names no port
   */
  public static @Nullable Upstream parse(String authority, int defaultPort) {
    String plain = authority.substring(authority.lastIndexOf('@') + 1);
    Matcher matcher = AUTHORITY.matcher(plain);
    if (!matcher.matches()) {
      return null;
    }
    String six = matcher.group("six");
    String host = six != null ? six : matcher.group("name");
    String port = matcher.group("port");
    int number = port == null ? defaultPort : Integer.parseInt(port);
    return host.isEmpty() || number > MAX_PORT ? null : new Upstream(host, number);
  }

  /** Returns what a recorded request was meant for: its authority, else where it was sent. */
  static Upstream of(HttpRequest request, ConnectionInfo connection) {
    Endpoint server = connection.server();
    String authority = request.authority();
    boolean tls = isTls(request, connection);
    Upstream named = authority == null ? null : parse(authority, defaultPort(tls));
    return named == null ? new Upstream(server.address(), server.port()) : named;
  }

  private static boolean isTls(HttpRequest request, ConnectionInfo connection) {
    return connection.scheme().equals("https") || request.target().startsWith("https://");
  }

  /** Returns the name in reports and rules: {@code host:port}. */
  public String name() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  @Override
  public int compareTo(Upstream other) {
    return name().compareTo(other.name());
  }

  @Override
  public String toString() {
    return name();
  }
}
