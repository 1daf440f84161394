// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.replayer.diff.RuleScope.FieldVerdict;
import dev.tapedeck.replayer.volatility.JwtType;
import dev.tapedeck.replayer.volatility.NumberType;
import dev.tapedeck.replayer.volatility.TimeFormat;
import dev.tapedeck.replayer.volatility.TimeType;
import dev.tapedeck.replayer.volatility.ValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Compares header or trailer fields, presence and value apart.
 *
 * <p>Lines of one field are one list (RFC 9110, section 5.2); names compare without case and their
 * order means nothing. Set-Cookie fields compare cookie by cookie and attribute by attribute,
 * Content-Type by type and parameter.
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

  private static final ValueType HTTP_DATE =
      new TimeType(List.of(TimeFormat.HTTP_DATE), null, null);

  /** These tell the time; only whether they are there, and do, is compared. */
  private static final Map<String, ValueType> TIMES =
      Map.of(
          "age", new NumberType(true, BigDecimal.ZERO, null),
          "date", HTTP_DATE,
          "expires", HTTP_DATE);

  private static final String SET_COOKIE = "set-cookie";
  private static final String CONTENT_TYPE = "content-type";

  private final String prefix;
  private final Renaming renaming;
  private final Secrets secrets;
  private final RuleScope rules;
  private final List<Mismatch> found = new ArrayList<>();

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
  List<Mismatch> compare(HeaderFields baseline, HeaderFields actual) {
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
    if (old != null && current != null) {
      if (name.equals(CONTENT_TYPE)) {
        compareTypes(old, current);
      } else {
        compareValues(name, old, current);
      }
    } else if (!rules.ignoresHeader(name)
        && rules.field(name, null, old, current) != FieldVerdict.SETTLED) {
      add(
          prefix + name,
          old == null ? Change.ADDED : Change.MISSING,
          old,
          current,
          secrets.hidesField(name));
    }
  }

  private void compareValues(String name, String old, String current) {
    ValueType time = TIMES.get(name);
    if (time != null) {
      if (time.fits(old) && !time.fits(current) && !rules.ignoresHeader(name)) {
        add(prefix + name, Change.FORMAT, old, current, false);
      }
      return;
    }
    if (renaming.same(old, current) || rules.ignoresHeader(name)) {
      return;
    }
    compareVolatile(prefix + name, name, null, old, current, secrets.hidesField(name));
  }

  /** Compares two values that are not the same. */
  private void compareVolatile(
      String path, String name, @Nullable String cookie, String old, String current, boolean mask) {
    FieldVerdict verdict = rules.field(name, cookie, old, current);
    switch (verdict) {
      case NONE -> add(path, Change.VALUE, old, current, mask);
      case BROKEN -> add(path, Change.FORMAT, old, current, mask);
      case SETTLED -> compareClaims(path, old, current);
    }
  }

  /** The claims of a token that may change are compared one by one. */
  private void compareClaims(String path, String old, String current) {
    if (JwtType.decode(old) == null || JwtType.decode(current) == null) {
      return;
    }
    RuleScope.Tokens tokens = rules.tokens(old, current);
    if (tokens != null) {
      found.addAll(
          new JsonDiffer(
                  DifferenceKind.HEADER,
                  renaming,
                  secrets,
                  new IdentityHashMap<>(),
                  List.of(tokens.before()))
              .compare(path, tokens.before(), tokens.now()));
    }
  }

  private void compareTypes(String old, String current) {
    MediaType was = MediaType.parse(old);
    MediaType is = MediaType.parse(current);
    if (was.equals(is) || rules.ignoresHeader(CONTENT_TYPE)) {
      return;
    }
    String path = prefix + CONTENT_TYPE;
    if (!was.name().equals(is.name())) {
      add(path, Change.VALUE, old, current, false);
      return;
    }
    compareParameters(path, was.parameters(), is.parameters(), Set.of("boundary"));
  }

  private void compareParameters(
      String path, Map<String, String> before, Map<String, String> now, Set<String> volatiles) {
    Map<String, String> all = new LinkedHashMap<>(before);
    now.forEach(all::putIfAbsent);
    for (String name : all.keySet()) {
      String was = before.get(name);
      String is = now.get(name);
      if (was == null || is == null) {
        add(path + "@" + name, was == null ? Change.ADDED : Change.MISSING, was, is, false);
      } else if (!volatiles.contains(name) && !renaming.same(was, is)) {
        add(path + "@" + name, Change.VALUE, was, is, false);
      }
    }
  }

  private void compareCookies(List<String> before, List<String> now) {
    Map<String, Cookie> old = cookies(before);
    Map<String, Cookie> current = cookies(now);
    Map<String, Cookie> all = new LinkedHashMap<>(old);
    current.forEach(all::putIfAbsent);
    for (String cookie : all.keySet()) {
      Cookie was = old.get(cookie);
      Cookie is = current.get(cookie);
      String path = prefix + SET_COOKIE + "[" + cookie + "]";
      if (was == null || is == null) {
        String value = was == null ? null : was.value();
        String valueNow = is == null ? null : is.value();
        if (!rules.ignoresHeader(SET_COOKIE)
            && rules.field(SET_COOKIE, cookie, value, valueNow) != FieldVerdict.SETTLED) {
          Change change = was == null ? Change.ADDED : Change.MISSING;
          String shown = was == null ? null : was.shown(secrets);
          String shownNow = is == null ? null : is.shown(secrets);
          found.add(
              new Mismatch(
                  new Difference(path, DifferenceKind.HEADER, change, shown, shownNow),
                  node(value),
                  node(valueNow)));
        }
      } else if (!was.same(is, renaming) && !rules.ignoresHeader(SET_COOKIE)) {
        if (!renaming.same(was.value(), is.value())) {
          compareVolatile(
              path, SET_COOKIE, cookie, was.value(), is.value(), secrets.hidesField(SET_COOKIE));
        }
        compareParameters(path, was.attributes(), is.attributes(), Set.of("expires"));
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

  /**
   * Reports a difference.
   *
   * @param mask whether the values are secrets
   */
  private void add(
      String path, Change change, @Nullable String old, @Nullable String current, boolean mask) {
    found.add(
        new Mismatch(
            Difference.shown(
                path, DifferenceKind.HEADER, change, shown(old, mask), shown(current, mask)),
            node(old),
            node(current)));
  }

  private static @Nullable JsonNode node(@Nullable String text) {
    return text == null ? null : StringNode.valueOf(text);
  }

  private @Nullable String shown(@Nullable String value, boolean mask) {
    if (value == null) {
      return null;
    }
    return mask ? secrets.mask(value) : secrets.field(value);
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

  /**
   * A Set-Cookie field (RFC 6265, section 5.2).
   *
   * @param attributes by name in lower case
   */
  private record Cookie(String name, String value, Map<String, String> attributes) {
    static Cookie parse(String field) {
      int semicolon = field.indexOf(';');
      String pair = semicolon < 0 ? field : field.substring(0, semicolon);
      int equals = pair.indexOf('=');
      return new Cookie(
          equals < 0 ? "" : pair.substring(0, equals).trim(),
          pair.substring(equals + 1).trim(),
          MediaType.parameters(semicolon < 0 ? "" : field.substring(semicolon + 1)));
    }

    boolean same(Cookie now, Renaming renaming) {
      return renaming.same(value, now.value) && attributes.equals(now.attributes);
    }

    String shown(Secrets secrets) {
      StringBuilder shown = new StringBuilder(name + "=" + secrets.mask(value));
      attributes.forEach(
          (key, text) -> shown.append("; ").append(key).append(text.isEmpty() ? "" : "=" + text));
      return Clip.text(shown.toString());
    }
  }
}
