// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tapedeck.analyzer.rules.BoundedRegex;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.RulesDocument;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.replayer.markup.MarkupPath;
import dev.tapedeck.replayer.volatility.ArrayType;
import dev.tapedeck.replayer.volatility.Base64Type;
import dev.tapedeck.replayer.volatility.HexType;
import dev.tapedeck.replayer.volatility.JwtType;
import dev.tapedeck.replayer.volatility.LengthRange;
import dev.tapedeck.replayer.volatility.NumberType;
import dev.tapedeck.replayer.volatility.TextType;
import dev.tapedeck.replayer.volatility.TimeFormat;
import dev.tapedeck.replayer.volatility.TimeType;
import dev.tapedeck.replayer.volatility.UuidType;
import dev.tapedeck.replayer.volatility.ValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads the rules about what changes from answer to answer, and how slow answers may be. */
final class NoiseReader {
  static final Set<String> UNORDERED_KEYS = Set.of("path", "key", "endpoint", "reason");
  static final Set<String> LATENCY_KEYS = Set.of("endpoint", "factor", "add", "samples", "reason");

  private static final List<String> SUBJECTS = List.of("header", "path", "text");
  private static final Set<String> COMMON =
      Set.of("header", "path", "text", "endpoint", "type", "nullable", "optional", "reason");

  /** What each type has besides. */
  private static final Map<String, Set<String>> OWN =
      Map.of(
          "array", Set.of("min", "max"),
          "base64", Set.of("length"),
          "hex", Set.of("length"),
          "integer", Set.of("min", "max"),
          "jwt", Set.of("within"),
          "number", Set.of("min", "max"),
          "text", Set.of("pattern", "length", "words"),
          "time", Set.of("format", "offset", "within"),
          "uuid", Set.of("version"));

  static final Set<String> VOLATILE_KEYS = volatileKeys();

  private static final java.util.regex.Pattern DURATION =
      java.util.regex.Pattern.compile("([+-]?)(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h|d)");
  private static final Map<String, Long> UNIT_MILLIS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final java.util.regex.Pattern LENGTH =
      java.util.regex.Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private NoiseReader() {}

  private static Set<String> volatileKeys() {
    Set<String> keys = new java.util.TreeSet<>(COMMON);
    OWN.values().forEach(keys::addAll);
    return Set.copyOf(keys);
  }

  static VolatileRule volatileRule(RulesDocument.Entries rule) throws RulesException {
    List<String> subjects = SUBJECTS.stream().filter(rule::has).toList();
    if (subjects.size() != 1) {
      throw rule.error("a volatile rule has exactly one of header, path and text");
    }
    String type = rule.text("type");
    Set<String> own = type == null ? null : OWN.get(type);
    if (type == null || own == null) {
      throw rule.has("type")
          ? rule.errorAt("type", "type '" + type + "': expected one of " + types())
          : rule.error("a volatile rule has a type: one of " + types());
    }
    for (String key : VOLATILE_KEYS) {
      if (rule.has(key) && !COMMON.contains(key) && !own.contains(key)) {
        throw rule.errorAt(key, key + ": not for type " + type);
      }
    }
    try {
      Subject subject = subject(subjects.get(0), String.valueOf(rule.text(subjects.get(0))));
      if (type.equals("array") && !(subject instanceof Subject.Json)) {
        throw rule.error("type array is for values of JSON bodies");
      }
      return new VolatileRule(
          RuleLine.of(rule),
          endpoint(rule),
          subject,
          type(type, rule),
          flag(rule, "nullable"),
          flag(rule, "optional"));
    } catch (PatternSyntaxException e) {
      throw rule.error("no regular expression: " + e.getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
  }

  private static String types() {
    return String.join(", ", OWN.keySet().stream().sorted().toList());
  }

  private static Subject subject(String key, String text) {
    if (key.equals("header")) {
      return Subject.Header.parse(text);
    } else if (key.equals("text")) {
      return new Subject.Found(BoundedRegex.compile(text));
    } else if (text.startsWith("/")) {
      return new Subject.Markup(MarkupPath.parse(text));
    }
    Subject.Line line = Subject.Line.parse(text);
    if (line != null) {
      return line;
    } else if (text.startsWith("$")) {
      return new Subject.Json(JsonPathPattern.parse(text));
    }
    throw new IllegalArgumentException(
        "path '" + text + "': expected a path from $ (JSON), from / (XML, HTML), or line[N]");
  }

  private static ValueType type(String type, RulesDocument.Entries rule) throws RulesException {
    return switch (type) {
      case "array" ->
          new ArrayType(integer(rule, "min", 0), integer(rule, "max", Integer.MAX_VALUE));
      case "base64" -> new Base64Type(length(rule));
      case "hex" -> new HexType(length(rule));
      case "integer" -> new NumberType(true, number(rule, "min"), number(rule, "max"));
      case "jwt" -> new JwtType(orElse(duration(rule, "within"), JwtType.DEFAULT_WITHIN));
      case "number" -> new NumberType(false, number(rule, "min"), number(rule, "max"));
      case "text" -> new TextType(pattern(rule), length(rule), words(rule));
      case "uuid" -> new UuidType(integer(rule, "version", UuidType.ANY_VERSION));
      default -> new TimeType(formats(rule), duration(rule, "offset"), duration(rule, "within"));
    };
  }

  private static Duration orElse(@Nullable Duration duration, Duration other) {
    return duration == null ? other : duration;
  }

  private static List<TimeFormat> formats(RulesDocument.Entries rule) throws RulesException {
    String format = rule.text("format");
    return format == null ? List.of(TimeFormat.values()) : List.of(TimeFormat.named(format));
  }

  private static @Nullable Pattern pattern(RulesDocument.Entries rule) throws RulesException {
    String pattern = rule.text("pattern");
    return pattern == null ? null : BoundedRegex.compile(pattern);
  }

  private static List<Integer> words(RulesDocument.Entries rule) throws RulesException {
    String words = rule.text("words");
    if (words == null) {
      return List.of();
    }
    if (!words.matches("[1-9]\\d{0,5}(, ?[1-9]\\d{0,5})*")) {
      throw rule.errorAt("words", "words '" + words + "': expected such as \"3\" or \"2, 5\"");
    }
    List<Integer> places = new ArrayList<>();
    for (String word : words.split(", ?", -1)) {
      places.add(Integer.parseInt(word) - 1);
    }
    return places;
  }

  private static LengthRange length(RulesDocument.Entries rule) throws RulesException {
    String text = rule.text("length");
    if (text == null) {
      return LengthRange.NOT_EMPTY;
    }
    Matcher matcher = LENGTH.matcher(text);
    if (!matcher.matches()) {
      throw rule.errorAt("length", "length '" + text + "': expected such as 32 or 20-40");
    }
    int min = Integer.parseInt(matcher.group(1));
    String max = matcher.group(2);
    return new LengthRange(min, max == null ? min : Integer.parseInt(max));
  }

  private static @Nullable BigDecimal number(RulesDocument.Entries rule, String key)
      throws RulesException {
    String text = rule.text(key);
    if (text != null && !text.matches("-?\\d{1,30}(\\.\\d{1,30})?")) {
      throw rule.errorAt(key, key + " '" + text + "': expected a number");
    }
    return text == null ? null : new BigDecimal(text);
  }

  private static int integer(RulesDocument.Entries rule, String key, int missing)
      throws RulesException {
    String text = rule.text(key);
    if (text != null && !text.matches("\\d{1,9}")) {
      throw rule.errorAt(key, key + " '" + text + "': expected a number");
    }
    return text == null ? missing : Integer.parseInt(text);
  }

  private static @Nullable Duration duration(RulesDocument.Entries rule, String key)
      throws RulesException {
    String text = rule.text(key);
    if (text == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw rule.errorAt(key, key + " '" + text + "': expected such as 500ms, 30s, 5m, 2h or 1d");
    }
    BigDecimal unit = BigDecimal.valueOf(UNIT_MILLIS.getOrDefault(matcher.group(3), 1L));
    Duration size = Duration.ofMillis(new BigDecimal(matcher.group(2)).multiply(unit).longValue());
    return matcher.group(1).equals("-") ? size.negated() : size;
  }

  private static boolean flag(RulesDocument.Entries rule, String key) throws RulesException {
    String text = rule.text(key);
    if (text != null && !text.equals("true")) {
      throw rule.errorAt(key, key + ": expected true");
    }
    return text != null;
  }

  private static EndpointPattern endpoint(RulesDocument.Entries rule) throws RulesException {
    String where = rule.text("endpoint");
    return where == null ? EndpointPattern.ANY : EndpointPattern.parse(where);
  }

  static UnorderedRule unordered(RulesDocument.Entries rule) throws RulesException {
    String path = rule.text("path");
    if (path == null) {
      throw rule.error("an unordered rule has a path");
    }
    try {
      return new UnorderedRule(
          RuleLine.of(rule), endpoint(rule), JsonPathPattern.parse(path), rule.text("key"));
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
  }

  static LatencyRule latency(RulesDocument.Entries rule) throws RulesException {
    BigDecimal factor = number(rule, "factor");
    try {
      return new LatencyRule(
          RuleLine.of(rule),
          endpoint(rule),
          factor == null ? LatencyRule.DEFAULT_FACTOR : factor.doubleValue(),
          orElse(duration(rule, "add"), LatencyRule.DEFAULT_ADD),
          integer(rule, "samples", LatencyRule.DEFAULT_SAMPLES));
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
  }
}
