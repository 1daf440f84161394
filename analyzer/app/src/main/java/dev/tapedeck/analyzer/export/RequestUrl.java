// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Endpoint;

/**
 * The target URI of a request, from its target and its connection (RFC 9112, section 3.3).
 *
 * @param origin scheme and authority, as recorded: whoever writes it into a script or page has to
 *     check it
 * @param target what follows, as recorded; empty when the target names nothing behind the authority
 */
public record RequestUrl(String origin, String target) {
  /** Returns the URL of a request on a connection. */
  public static RequestUrl of(ConnectionInfo connection, HttpRequest request) {
    String target = request.target();
    int scheme = schemeLength(target);
    if (scheme > 0) {
      int end = scheme;
      while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
        end++;
      }
      return new RequestUrl(target.substring(0, end), target.substring(end));
    }
    String origin = connection.scheme() + "://" + authority(connection, request);
    if (target.startsWith("/")) {
      return new RequestUrl(origin, target);
    }
    return new RequestUrl(
        origin, target.equals("*") || target.equals(request.authority()) ? "/" : "/" + target);
  }

  private static int schemeLength(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
  }

  /** Returns whom the request was for: as it says, else the server's address. */
  private static String authority(ConnectionInfo connection, HttpRequest request) {
    String named = request.authority();
    if (named != null) {
      return named;
    }
    Endpoint server = connection.server();
    return server.address().isEmpty() ? "unknown.invalid" : server.toString();
  }

  @Override
  public String toString() {
    return origin + target;
  }
}
