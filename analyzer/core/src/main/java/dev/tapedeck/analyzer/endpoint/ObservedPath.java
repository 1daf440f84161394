// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import dev.tapedeck.analyzer.filter.TargetParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A path that was asked for, without the values that are parameters whatever else is observed.
 *
 * @param host empty when there is none
 * @param rooted whether the path begins with a slash
 * @param steps names, and {@link ParameterKind}s where a value stood
 */
record ObservedPath(String method, String host, boolean rooted, List<Object> steps) {
  private static final int MAX_METHOD_LENGTH = 32;
  private static final int MAX_HOST_LENGTH = 255;

  /** What a path costs beside its text. */
  private static final int OVERHEAD_CHARS = 64;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  static ObservedPath of(String method, @Nullable String authority, RequestPath path) {
    List<Object> steps = new ArrayList<>(path.segments().size());
    for (int i = 0; i < path.segments().size(); i++) {
      ParameterKind kind = path.kind(i);
      String text = path.segments().get(i);
      steps.add(kind != null ? kind : text.substring(0, Math.min(text.length(), MAX_HOST_LENGTH)));
    }
    return new ObservedPath(
        method.substring(0, Math.min(method.length(), MAX_METHOD_LENGTH)),
        host(authority),
        path.rooted(),
        List.copyOf(steps));
  }

  /** Returns host and port in lower case, without a usual port and without user. */
  static String host(@Nullable String authority) {
    if (authority == null) {
      return "";
    }
    String host = authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    String name = TargetParts.host(host);
    if (host.endsWith(":80") || host.endsWith(":443")) {
      host = name == null ? host : name;
    }
    return host.substring(0, Math.min(host.length(), MAX_HOST_LENGTH));
  }

  /** Returns about how much memory it takes, in characters. */
  long chars() {
    long chars = (long) OVERHEAD_CHARS + method.length() + host.length();
    for (Object step : steps) {
      chars += step instanceof String name ? name.length() + 8L : 2L;
    }
    return chars;
  }

  /** Returns 64 well mixed bits, the same in every run. */
  long hash() {
    long hash = mix(mix(FNV_OFFSET, method), host);
    for (Object step : steps) {
      hash = step instanceof String name ? mix(hash, name) : mix(hash, step.toString() + '\n');
    }
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return hash ^ hash >>> 33;
  }

  private static long mix(long hash, String text) {
    long mixed = hash;
    for (int i = 0; i < text.length(); i++) {
      mixed = (mixed ^ text.charAt(i)) * FNV_PRIME;
    }
    return (mixed ^ 0xffff) * FNV_PRIME;
  }
}
