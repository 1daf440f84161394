// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import dev.tapedeck.analyzer.redact.TextMasker;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where requests are sent.
 *
 * @param tls whether TLS is spoken
 * @param host name or address, an IPv6 address without brackets, in lower case
 * @param port 1 to 65535
 */
public record Target(boolean tls, String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;

  public Target {
    if (host.isEmpty() || port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("host=" + host + " port=" + port);
    }
  }

  /**
   * Returns the target that a URL names.
   *
   * @throws IllegalArgumentException when it is no {@code http} or {@code https} URL of an origin
   */
  public static Target parse(String url) {
    String masked = TextMasker.url(url);
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      refuseUserInformation(url);
      String hint = url.contains("://") ? "" : ", did you mean http://" + masked + "?";
      // Not with its cause, whose message holds the whole URL.
      throw new IllegalArgumentException(
          "target '" + masked + "' is no URL: " + e.getReason() + hint);
    }
    refuseUserInformation(url);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "target '" + masked + "': expected http://HOST[:PORT] or https://HOST[:PORT]");
    }
    String host = uri.getHost();
    String path = uri.getRawPath();
    if (host == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !(path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException(
          "target '"
              + masked
              + "': only scheme, host and port; paths are sent as they were recorded");
    }
    if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw new IllegalArgumentException(
          "target '"
              + masked
              + "': port "
              + uri.getPort()
              + " is none, ports go from 1 to "
              + MAX_PORT);
    }
    boolean tls = scheme.equals("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    return new Target(tls, host.toLowerCase(Locale.ROOT), port);
  }

  /** What may be a password is not repeated. */
  private static void refuseUserInformation(String url) {
    int from = url.indexOf("://");
    int at = url.indexOf('@', Math.max(0, from));
    int path = url.indexOf('/', from < 0 ? 0 : from + "://".length());
    if (at >= 0 && (path < 0 || at < path)) {
      throw new IllegalArgumentException(
          "target: user information in a URL is not sent; write a credentials rule (--rules)");
    }
  }

  /**
   * Returns the value of the Host field (RFC 9110, section 7.2): no port when it is the default.
   */
  public String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (tls ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
  }

  /** Returns the target's URL. */
  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
