// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are answered: those of who knows the token, sent to this server by its own
 * name, and by its own page.
 *
 * <p>The token stands in the path, not in a cookie: cookies go to every port of a host, so that
 * another program on the loopback interface would be told it.
 *
 * <p><b>Threads:</b> immutable.
 */
final class Guard {
  private static final int TOKEN_BYTES = 24;
  private static final Set<String> METHODS = Set.of("GET", "HEAD");

  /** What browsers say of requests that the page itself or the user's own hand began. */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final String token;
  private final String hostName;

  /** Makes a guard with a token of 192 random bits. */
  Guard(String hostName) {
    this(hostName, randomToken());
  }

  Guard(String hostName, String token) {
    this.hostName = hostName.toLowerCase(Locale.ROOT);
    this.token = token;
  }

  private static String randomToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  String token() {
    return token;
  }

  /**
   * What a request says of itself. The authorities are those of targets in absolute form: none or
   * one.
   */
  record Claim(
      String method,
      String rawPath,
      List<String> hosts,
      List<String> authorities,
      List<String> origins,
      List<String> fetchSites,
      InetSocketAddress local) {
    Claim {
      hosts = List.copyOf(hosts);
      authorities = List.copyOf(authorities);
      origins = List.copyOf(origins);
      fetchSites = List.copyOf(fetchSites);
    }
  }

  /** A decision: a status to refuse with, or the path behind the token. */
  record Verdict(int refusal, String path) {}

  Verdict judge(Claim claim) {
    if (claim.hosts.size() != 1 || !isOwn(claim.hosts.get(0), claim.local)) {
      // A name that an attacker made point here (DNS rebinding) is none of ours.
      return new Verdict(421, "");
    }
    if (!claim.authorities.stream().allMatch(name -> isOwn(name, claim.local))) {
      // RFC 9112, 3.2.2: the target's host is the one that is meant, whatever the field says.
      return new Verdict(421, "");
    }
    String own = "http://" + claim.hosts.get(0).toLowerCase(Locale.ROOT);
    if (!claim.origins.stream().allMatch(origin -> origin.toLowerCase(Locale.ROOT).equals(own))) {
      return new Verdict(403, "");
    }
    if (!OWN_SITES.containsAll(claim.fetchSites)) {
      return new Verdict(403, "");
    }
    String path = behindToken(claim.rawPath);
    if (path == null) {
      return new Verdict(403, "");
    }
    return METHODS.contains(claim.method) ? new Verdict(0, path) : new Verdict(405, "");
  }

  private @Nullable String behindToken(String rawPath) {
    int slash = rawPath.indexOf('/', 1);
    if (!rawPath.startsWith("/") || slash < 0) {
      return null;
    }
    byte[] given = rawPath.substring(1, slash).getBytes(StandardCharsets.UTF_8);
    // In constant time, whatever the length.
    boolean knows = MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8));
    return knows ? rawPath.substring(slash + 1) : null;
  }

  private boolean isOwn(String host, InetSocketAddress local) {
    String name = host.toLowerCase(Locale.ROOT);
    InetAddress address = local.getAddress();
    String port = ":" + local.getPort();
    return name.equals(literal(address) + port)
        || (!hostName.isEmpty() && name.equals(hostName + port))
        || (address.isLoopbackAddress() && name.equals("localhost" + port));
  }

  /** Returns an address as it stands in a URL. */
  static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return plain.indexOf(':') < 0 ? plain : "[" + plain + "]";
  }
}
