// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.splice.Parameters;

/** URLs of requests to services, for people. */
public final class MockUrl {
  private MockUrl() {}

  /** Returns the URL that a request asked a service for. */
  public static String of(Upstream upstream, String scheme, HttpRequest request) {
    String target = request.target();
    String path = target.substring(Math.min(Parameters.pathFrom(target), target.length()));
    boolean usual = upstream.port() == Upstream.defaultPort(scheme.equals("https"));
    String name = upstream.name();
    String authority = usual ? name.substring(0, name.lastIndexOf(':')) : name;
    return scheme + "://" + authority + (path.startsWith("/") ? "" : "/") + path;
  }
}
