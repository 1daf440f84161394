// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares header or trailer fields, presence and value apart.
 *
 * <p>Lines of one field are one list (RFC 9110, section 5.2); names compare without case and their
 * order means nothing. Set-Cookie fields compare cookie by cookie.
 */
final class HeaderDiffer {
  /** How a message is framed, coded and passed on is between two hops. */
  private static final Set<String> NOT_COMPARED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "server",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via");

  /** These tell the time; only whether they are there is compared. */
  private static final Set<String> VOLATILE = Set.of("age", "date", "expires");

  private static final String SET_COOKIE = "set-cookie";

  private final String prefix;
  private final Renaming renaming;
  private final Secrets secrets;
  private final RuleScope rules;
  private final List<Difference> found = new ArrayList<>();

  /**
   * Creates a differ.
   *
   * @param prefix of the paths: {@code header:} or {@code trailer:}
   */
  HeaderDiffer(String prefix, Renaming renaming, Secrets secrets, RuleScope rules) {
    this.prefix = prefix;
    this.renaming = renaming;
    this.secrets = secrets;
    this.rules = rules;
  }

  /** Returns the differences of two sections. Used once. */
  List<Difference> compare(HeaderFields baseline, HeaderFields actual) {
    Map<String, List<String>> before = byName(baseline);
    Map<String, List<String>> now = byName(actual);
    before.forEach((name, values) -> compareField(name, values, now.getOrDefault(name, List.of())));
    now.forEach(
        (name, values) -> {
          if (!before.containsKey(name)) {
            compareField(name, List.of(), values);
          }
        });
    return found;
  }

  private void compareField(String name, List<String> before, List<String> now) {
    if (NOT_COMPARED.contains(name)) {
      return;
    }
    if (name.equals(SET_COOKIE)) {
      compareCookies(before, now);
      return;
    }
    String old = before.isEmpty() ? null : String.join(", ", before);
    String current = now.isEmpty() ? null : String.join(", ", now);
    boolean same =
        old != null && current != null && (VOLATILE.contains(name) || renaming.same(old, current));
    if (!same && !rules.ignoresHeader(name)) {
      add(prefix + name, shown(name, old), shown(name, current));
    }
  }

  private void compareCookies(List<String> before, List<String> now) {
    Map<String, Cookie> old = cookies(before);
    Map<String, Cookie> current = cookies(now);
    Map<String, Cookie> all = new LinkedHashMap<>(old);
    current.forEach(all::putIfAbsent);
    for (String name : all.keySet()) {
      Cookie was = old.get(name);
      Cookie is = current.get(name);
      boolean same = was != null && is != null && was.same(is, renaming);
      if (!same && !rules.ignoresHeader(SET_COOKIE)) {
        boolean otherValue = was != null && is != null && !was.value().equals(is.value());
        add(
            prefix + SET_COOKIE + "[" + name + "]",
            was == null ? null : was.shown(secrets, false),
            is == null ? null : is.shown(secrets, otherValue));
      }
    }
  }

  private static Map<String, Cookie> cookies(List<String> fields) {
    Map<String, Cookie> cookies = new LinkedHashMap<>();
    for (String field : fields) {
      Cookie cookie = Cookie.parse(field);
      cookies.put(cookie.name(), cookie);
    }
    return cookies;
  }

  private void add(String path, @Nullable String old, @Nullable String current) {
    Change change = old == null ? Change.ADDED : current == null ? Change.MISSING : Change.VALUE;
    found.add(new Difference(path, DifferenceKind.HEADER, change, old, current));
  }

  private @Nullable String shown(String name, @Nullable String value) {
    return value == null ? null : Clip.text(secrets.header(name, value));
  }

  private static Map<String, List<String>> byName(HeaderFields fields) {
    Map<String, List<String>> byName = new LinkedHashMap<>();
    for (HeaderField field : fields.toList()) {
      byName
          .computeIfAbsent(field.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(field.value());
    }
    return byName;
  }

  /** A Set-Cookie field (RFC 6265, section 5.2). */
  private record Cookie(String name, String value, String attributes) {
    static Cookie parse(String field) {
      int semicolon = field.indexOf(';');
      String pair = semicolon < 0 ? field : field.substring(0, semicolon);
      int equals = pair.indexOf('=');
      return new Cookie(
          equals < 0 ? "" : pair.substring(0, equals).trim(),
          pair.substring(equals + 1).trim(),
          semicolon < 0 ? "" : field.substring(semicolon));
    }

    boolean same(Cookie now, Renaming renaming) {
      return renaming.same(value, now.value)
          && renaming.same(withoutTime(attributes), withoutTime(now.attributes));
    }

    /** Expires tells the time, as the field of that name does. */
    private static String withoutTime(String attributes) {
      return attributes.replaceAll("(?i);\\s*expires=[^;]*", "; expires");
    }

    String shown(Secrets secrets, boolean otherValue) {
      String masked = secrets.mask(value);
      boolean hidden = otherValue && !masked.equals(value);
      return Clip.text(name + "=" + masked + (hidden ? " (another value)" : "") + attributes);
    }
  }
}
