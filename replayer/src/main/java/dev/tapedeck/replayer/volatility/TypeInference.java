// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the narrowest type that all samples of a value are of, with some room for those that were
 * not seen. Types say how values look and hold none of them.
 */
public final class TypeInference {
  /** Fewer digits are equal by chance: short ones count as text or numbers. */
  private static final int MIN_HEX = 8;

  private static final int MIN_BASE64 = 16;

  /** Room for numbers that were not seen. */
  private static final int MORE_DIGITS = 3;

  private static final Duration MIN_WITHIN = Duration.ofMinutes(1);
  private static final Duration MAX_SPREAD = Duration.ofDays(1);
  private static final Duration DAY_AND_A_HALF = Duration.ofHours(36);

  /** What readers see of durations: they are rounded up to one of these. */
  private static final List<Duration> STEPS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(6),
          DAY_AND_A_HALF,
          Duration.ofDays(3));

  private final List<String> texts;
  private final List<Sample> samples;

  private TypeInference(List<Sample> samples) {
    this.samples = samples;
    this.texts = samples.stream().map(Sample::text).distinct().toList();
  }

  /**
   * Returns the type of samples, of which there is at least one.
   *
   * @return null when all that is the same of them is that they are texts, maybe empty
   */
  public static @Nullable ValueType infer(List<Sample> samples) {
    return new TypeInference(samples).infer();
  }

  /**
   * Returns the type of samples in which the same words change.
   *
   * @param words 0-based places of these
   */
  public static ValueType ofWords(List<Sample> samples, Set<Integer> words) {
    List<String> changing = new ArrayList<>();
    for (Sample sample : samples) {
      List<String> all = TextType.words(sample.text());
      words.stream().filter(word -> word < all.size()).map(all::get).forEach(changing::add);
    }
    String pattern = TextMake.of(changing);
    return new TextType(
        pattern == null ? null : Pattern.compile(pattern),
        LengthRange.NOT_EMPTY,
        List.copyOf(words));
  }

  /**
   * Returns the 0-based places of the words that differ between two texts; null when more than
   * words differs, or when all do.
   */
  public static @Nullable Set<Integer> wordsThatDiffer(String one, String other) {
    List<String> words = TextType.words(one);
    List<String> others = TextType.words(other);
    Set<Integer> differ = new TreeSet<>();
    for (int i = 0; i < words.size() && words.size() == others.size(); i++) {
      if (!words.get(i).equals(others.get(i))) {
        differ.add(i);
      }
    }
    if (differ.isEmpty() || differ.size() == words.size()) {
      return null;
    }
    TextType type = new TextType(null, LengthRange.NOT_EMPTY, List.copyOf(differ));
    return type.steady(one).equals(type.steady(other)) ? differ : null;
  }

  /** Returns whether a type is one of values that are made anew each time, whatever the state. */
  public static boolean isAnewEachTime(@Nullable ValueType type) {
    return type instanceof UuidType
        || type instanceof JwtType
        || (type instanceof TimeType time && time.within() != null)
        || (type instanceof HexType hex && hex.length().min() >= MIN_BASE64)
        || (type instanceof Base64Type base64 && base64.length().min() >= MIN_BASE64);
  }

  private @Nullable ValueType infer() {
    TimeFormat format = TimeFormat.of(texts.get(0));
    if (format != null && all(text -> format.parse(text) != null)) {
      ValueType time = time(format);
      if (time != null) {
        return time;
      }
    }
    UuidType uuid = new UuidType(UuidType.ANY_VERSION);
    if (all(uuid::fits)) {
      return uuid();
    }
    if (all(text -> JwtType.decode(text) != null)) {
      return new JwtType(JwtType.DEFAULT_WITHIN);
    }
    if (all(new NumberType(false, null, null)::fits) && !isCode()) {
      return number();
    }
    HexType hex = new HexType(lengths(1));
    if (all(hex::fits) && hex.length().min() >= MIN_HEX && hasDigitsAndLetters()) {
      return hex;
    }
    Base64Type base64 = new Base64Type(lengths(2));
    if (all(base64::fits) && shortest() >= MIN_BASE64 && hasDigitsAndLetters()) {
      return base64;
    }
    return text();
  }

  private boolean all(Predicate<String> predicate) {
    return texts.stream().allMatch(predicate);
  }

  private @Nullable ValueType time(TimeFormat format) {
    Duration least = null;
    Duration most = null;
    TimeType type = new TimeType(List.of(format), null, null);
    for (Sample sample : samples) {
      Duration offset =
          Objects.requireNonNull(type.offset(sample.text(), sample.answeredEpochNanos()));
      least = least == null || offset.compareTo(least) < 0 ? offset : least;
      most = most == null || offset.compareTo(most) > 0 ? offset : most;
    }
    Duration spread = least == null || most == null ? Duration.ZERO : most.minus(least);
    if (format == TimeFormat.DATE) {
      return spread.compareTo(DAY_AND_A_HALF) <= 0
          ? new TimeType(List.of(format), null, DAY_AND_A_HALF)
          : type;
    }
    if (spread.compareTo(MAX_SPREAD) > 0) {
      // Digits that happen to be as many as those of a time are a number.
      return format.compareTo(TimeFormat.UNIX) >= 0 ? null : type;
    }
    return new TimeType(List.of(format), null, roomy(spread.multipliedBy(2)));
  }

  private static Duration roomy(Duration duration) {
    for (Duration step : STEPS) {
      if (step.compareTo(duration) >= 0) {
        return step;
      }
    }
    return duration.compareTo(MIN_WITHIN) < 0 ? MIN_WITHIN : duration;
  }

  private ValueType uuid() {
    Set<Integer> versions = new TreeSet<>();
    texts.forEach(text -> versions.add(UuidType.versionOf(text)));
    int only = versions.iterator().next();
    return new UuidType(versions.size() == 1 && only >= 1 && only <= 8 ? only : 0);
  }

  /** Digits of a fixed number that begin with a zero are a code, no number. */
  private boolean isCode() {
    return texts.stream().anyMatch(text -> text.matches("-?0\\d+"));
  }

  private ValueType number() {
    boolean integer = all(new NumberType(true, null, null)::fits);
    BigDecimal most = BigDecimal.ONE;
    boolean negative = false;
    for (String text : texts) {
      BigDecimal value = new BigDecimal(text);
      negative |= value.signum() < 0;
      most = most.max(value.abs());
    }
    int digits = most.precision() - most.scale() + MORE_DIGITS;
    BigDecimal bound = BigDecimal.TEN.pow(digits);
    return new NumberType(integer, negative ? bound.negate() : BigDecimal.ZERO, bound);
  }

  private boolean hasDigitsAndLetters() {
    return texts.stream().anyMatch(text -> text.chars().anyMatch(c -> c >= '0' && c <= '9'))
        && texts.stream().anyMatch(text -> text.chars().anyMatch(Character::isLetter));
  }

  private int shortest() {
    return texts.stream().mapToInt(String::length).min().orElse(0);
  }

  private LengthRange lengths(int room) {
    int min = shortest();
    int max = texts.stream().mapToInt(String::length).max().orElse(0);
    return min == max ? new LengthRange(min, max) : new LengthRange(min / room, max * room);
  }

  private @Nullable ValueType text() {
    if (shortest() == 0) {
      return null;
    }
    String pattern = TextMake.of(texts);
    return new TextType(
        pattern == null ? null : Pattern.compile(pattern), LengthRange.NOT_EMPTY, List.of());
  }
}
