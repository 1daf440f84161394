// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.volatility.ArrayType;
import dev.tapedeck.replayer.volatility.Base64Type;
import dev.tapedeck.replayer.volatility.HexType;
import dev.tapedeck.replayer.volatility.JwtType;
import dev.tapedeck.replayer.volatility.LengthRange;
import dev.tapedeck.replayer.volatility.NumberType;
import dev.tapedeck.replayer.volatility.TextType;
import dev.tapedeck.replayer.volatility.TimeType;
import dev.tapedeck.replayer.volatility.UuidType;
import dev.tapedeck.replayer.volatility.ValueType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes rules as YAML, with what showed them. No value that was seen is written. */
final class RulesWriter {
  private final StringBuilder volatiles = new StringBuilder();
  private final StringBuilder unordered = new StringBuilder();
  private int rules;

  /** Writes a rule for each place of which one can be made; returns whether it could. */
  boolean add(Place place, FieldNoise noise) {
    int before = rules;
    if (noise.reordered()) {
      rule(unordered, place, noise);
      end(unordered, place);
    }
    if (noise.elements()) {
      rule(volatiles, place, noise);
      type(new ArrayType(1, Integer.MAX_VALUE));
      end(volatiles, place);
    }
    ValueType type = noise.type();
    if (type != null) {
      rule(volatiles, place, noise);
      type(type);
      flag("nullable", noise.nulls());
      flag("optional", noise.missing());
      end(volatiles, place);
    }
    return rules > before;
  }

  private void rule(StringBuilder to, Place place, FieldNoise noise) {
    rules++;
    String evidence =
        noise.evidence().stream().map(FieldNoise.Evidence::words).collect(Collectors.joining(", "));
    to.append("  # ")
        .append(noise.count())
        .append(noise.count() == 1 ? " difference, " : " differences, ");
    to.append(noise.samples()).append(" samples: ").append(evidence).append('\n');
    to.append("  - ").append(place.key()).append(": ").append(quoted(place.text())).append('\n');
  }

  private static void end(StringBuilder to, Place place) {
    if (!place.endpoint().isEmpty()) {
      to.append("    endpoint: ").append(quoted(place.endpoint())).append('\n');
    }
  }

  private void type(ValueType type) {
    line("type", type.name());
    if (type instanceof TimeType time) {
      if (time.formats().size() == 1) {
        line("format", time.formats().get(0).ruleName());
      }
      line("within", time.within());
    } else if (type instanceof UuidType uuid) {
      line("version", uuid.version() == UuidType.ANY_VERSION ? null : uuid.version());
    } else if (type instanceof HexType hex) {
      length(hex.length());
    } else if (type instanceof Base64Type base64) {
      length(base64.length());
    } else if (type instanceof NumberType number) {
      line("min", number.min() == null ? null : number.min().toPlainString());
      line("max", number.max() == null ? null : number.max().toPlainString());
    } else if (type instanceof JwtType jwt) {
      line("within", jwt.within());
    } else if (type instanceof ArrayType array) {
      line("min", array.minItems());
    } else if (type instanceof TextType text) {
      line("pattern", text.pattern() == null ? null : quoted(text.pattern().pattern()));
      line("words", text.words().isEmpty() ? null : words(text.words()));
    }
  }

  private static String words(List<Integer> words) {
    return quoted(
        words.stream().map(word -> Integer.toString(word + 1)).collect(Collectors.joining(", ")));
  }

  private void length(LengthRange length) {
    line(
        "length",
        length.min() == length.max()
            ? Integer.toString(length.min())
            : length.min() + "-" + length.max());
  }

  private void flag(String key, boolean set) {
    line(key, set ? "true" : null);
  }

  private void line(String key, @Nullable Object value) {
    if (value != null) {
      String text = value instanceof Duration duration ? duration(duration) : value.toString();
      volatiles.append("    ").append(key).append(": ").append(text).append('\n');
    }
  }

  static String duration(Duration duration) {
    long seconds = duration.plusMillis(999).toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /** YAML 1.2, section 7.3.2; control characters only fit between double quotes. */
  static String quoted(String text) {
    if (text.chars().allMatch(RulesWriter::isPrintable)) {
      return "'" + text.replace("'", "''") + "'";
    }
    StringBuilder escaped = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (isPrintable(c)) {
        escaped.append(c);
      } else {
        escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return escaped.append('"').toString();
  }

  /** What may stand between single quotes as it is. */
  private static boolean isPrintable(int c) {
    return (c >= ' ' && c < 0x7f) || (c >= 0xa1 && c < 0x2000);
  }

  /** Returns how many rules were written. */
  int rules() {
    return rules;
  }

  /**
   * Returns the file.
   *
   * @param comments lines for its head
   * @param latency rules for endpoints, with their comments
   */
  String yaml(List<String> comments, Map<String, String> latency) {
    StringBuilder yaml = new StringBuilder();
    for (String comment : comments) {
      yaml.append(comment.isEmpty() ? "#" : "# ").append(comment).append('\n');
    }
    yaml.append("version: 1\n");
    if (volatiles.length() > 0) {
      yaml.append("volatile:\n").append(volatiles);
    }
    if (unordered.length() > 0) {
      yaml.append("unordered:\n").append(unordered);
    }
    if (!latency.isEmpty()) {
      yaml.append("latency:\n");
      latency.forEach(
          (endpoint, rule) ->
              yaml.append("  - endpoint: ").append(quoted(endpoint)).append('\n').append(rule));
    }
    return yaml.toString();
  }
}
