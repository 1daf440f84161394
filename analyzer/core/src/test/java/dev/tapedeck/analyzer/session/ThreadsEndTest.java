// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.InMemoryChannel;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However an analysis by several threads ends, what it handed out until then is the beginning of
 * what one thread gives, and its threads end with it.
 */
class ThreadsEndTest {
  private static final int CONNECTIONS = 24;
  private static final int EXCHANGES = 6000;
  private static final int BLOCK_BYTES = 1 << 14;

  private static byte[] capture = {};
  private static List<String> whole = List.of();

  @BeforeAll
  static void record() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < CONNECTIONS; i++) {
      script.append("s%d: @ plain server 10.0.0.1:%d -> 10.0.0.2:80\n".formatted(i, 40_000 + i));
    }
    for (int i = 0; i < EXCHANGES; i++) {
      int connection = random.nextInt(CONNECTIONS);
      String body = "b".repeat(random.nextInt(1500));
      script.append("s%d >> GET /%d HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n".formatted(connection, i));
      script.append(
          "s%d << HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r\\n\\r\\n%s\n"
              .formatted(connection, body.length(), body));
    }
    capture =
        EventScript.parse(script.toString())
            .toCapture(WriterOptions.newBuilder().blockBytes(BLOCK_BYTES).build());
    Handed handed = new Handed();
    assertThat(analyze(capture, 1, handed)).isNull();
    whole = handed.found;
    assertThat(whole).hasSize(EXCHANGES + CONNECTIONS);
  }

  @AfterEach
  void noHelperIsLeft() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tapedeck-analyze-"));
  }

  /** Told of each exchange, with the number of those that came. */
  private interface Came {
    void exchanges(int count) throws IOException;
  }

  /** Writes down what comes. */
  private static final class Handed implements ExchangeVisitor {
    final List<String> found = new ArrayList<>();
    private final Came came;

    Handed() {
      this(count -> {});
    }

    Handed(Came came) {
      this.came = came;
    }

    @Override
    public void exchange(Exchange exchange) throws IOException {
      found.add(Analyses.render(exchange));
      came.exchanges(found.size());
    }

    @Override
    public void session(SessionSummary session) {
      found.add(session.toString());
    }

    @Override
    public void damage(Damage damage) {
      found.add(damage.toString());
    }
  }

  /** Changes what a section gives. */
  private interface Change {
    void decode(int number, CaptureSection section, CaptureVisitor visitor) throws IOException;
  }

  /** Analyzes a capture; returns what it was ended by, null for nothing. */
  private static @Nullable Throwable analyze(byte[] file, int threads, Handed handed) {
    return analyze(file, ReaderOptions.defaults(), threads, handed, null);
  }

  private static @Nullable Throwable analyze(
      byte[] file, ReaderOptions reading, int threads, Handed handed, @Nullable Change change) {
    AnalyzerOptions options = AnalyzerOptions.newBuilder().threads(threads).build();
    return catchThrowable(
        () -> {
          try (CaptureReader reader =
              CaptureReader.open(new InMemoryChannel(file), "test.tape", reading)) {
            EventSource source = EventSource.of(reader);
            new SessionAnalyzer(options)
                .analyze(change == null ? source : new Changed(source, change), handed);
          }
        });
  }

  /** A source of which the sections with payload are changed. */
  private record Changed(EventSource source, Change change) implements EventSource {
    @Override
    public void read(Projection projection, CaptureVisitor visitor) throws IOException {
      source.read(projection, visitor);
    }

    @Override
    public @Nullable CaptureSections sections(Projection projection) throws IOException {
      CaptureSections sections = source.sections(projection);
      return sections == null || projection == Projection.METADATA
          ? sections
          : new ChangedSections(sections, change);
    }
  }

  private static final class ChangedSections implements CaptureSections {
    private final CaptureSections sections;
    private final Change change;
    private int count;

    ChangedSections(CaptureSections sections, Change change) {
      this.sections = sections;
      this.change = change;
    }

    @Override
    public @Nullable CaptureSection next() throws IOException {
      CaptureSection section = sections.next();
      return section == null ? null : new ChangedSection(section, count++, change);
    }

    @Override
    public void close() {
      sections.close();
    }
  }

  private record ChangedSection(CaptureSection section, int number, Change change)
      implements CaptureSection {
    @Override
    public long events() {
      return section.events();
    }

    @Override
    public long bytes() {
      return section.bytes();
    }

    @Override
    public void decode(CaptureVisitor visitor) throws IOException {
      change.decode(number, section, visitor);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 3000", "3, 2", "3, 5990", "5, 1234"})
  void analyze_visitorFails_endsWithItsException(int threads, int at) {
    IOException failure = new IOException("full");
    Handed handed =
        new Handed(
            count -> {
              if (count == at) {
                throw failure;
              }
            });
    assertThat(analyze(capture, threads, handed)).isSameAs(failure);
    assertThat(handed.found).isEqualTo(whole.subList(0, at));
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 1000", "4, 17", "4, 3000"})
  void analyze_interrupted_endsAndStaysInterrupted(int threads, int at) {
    Handed handed =
        new Handed(
            count -> {
              if (count == at) {
                Thread.currentThread().interrupt();
              }
            });
    Throwable end = analyze(capture, threads, handed);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(end).isInstanceOf(InterruptedIOException.class);
    assertThat(handed.found.size()).isGreaterThanOrEqualTo(at);
    assertThat(handed.found).isEqualTo(whole.subList(0, handed.found.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void analyze_decodingFails_endsWithItsExceptionBehindWhatCameBefore(int threads) {
    IOException failure = new IOException("unreadable");
    Change change =
        (number, section, visitor) -> {
          section.decode(visitor);
          if (number == 3) {
            throw failure;
          }
        };
    Handed handed = new Handed();
    assertThat(analyze(capture, ReaderOptions.defaults(), threads, handed, change))
        .isSameAs(failure);
    assertThat(handed.found).hasSizeGreaterThan(CONNECTIONS);
    assertThat(handed.found).isEqualTo(whole.subList(0, handed.found.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void analyze_taskBreaks_endsWithWhatBroke(int threads) {
    RuntimeException broken = new UnsupportedOperationException("broken");
    Handed handed = new Handed();
    assertThat(
            analyze(
                capture,
                ReaderOptions.defaults(),
                threads,
                handed,
                (number, section, visitor) -> {
                  if (number == 2) {
                    throw broken;
                  }
                  section.decode(visitor);
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(broken);
    assertThat(handed.found).isEqualTo(whole.subList(0, handed.found.size()));
  }

  @Test
  void analyze_memoryRunsOut_endsWithThatError() {
    Error none = new OutOfMemoryError("none");
    assertThat(
            analyze(
                capture,
                ReaderOptions.defaults(),
                2,
                new Handed(),
                (number, section, visitor) -> {
                  if (number == 1) {
                    throw none;
                  }
                  section.decode(visitor);
                }))
        .isSameAs(none);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void analyze_damagedBlockInTheMiddle_givesWhatOneThreadGives(int threads) {
    byte[] damaged = capture.clone();
    damaged[damaged.length / 2] ^= 4;
    Handed alone = new Handed();
    assertThat(analyze(damaged, 1, alone)).isNull();
    assertThat(alone.found).isNotEqualTo(whole).anyMatch(line -> line.startsWith("Damage"));
    Handed together = new Handed();
    assertThat(analyze(damaged, threads, together)).isNull();
    assertThat(together.found).isEqualTo(alone.found);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void analyze_damageInStrictReading_endsWhereOneThreadEnds(int threads) {
    byte[] damaged = capture.clone();
    damaged[damaged.length / 2] ^= 4;
    ReaderOptions strict = ReaderOptions.defaults().withStrict(true);
    Handed alone = new Handed();
    Throwable expected = analyze(damaged, strict, 1, alone, null);
    assertThat(expected).isInstanceOf(CaptureFormatException.class);
    Handed together = new Handed();
    assertThat(analyze(damaged, strict, threads, together, null))
        .isInstanceOf(CaptureFormatException.class)
        .hasMessage(expected.getMessage());
    assertThat(together.found).isEqualTo(alone.found);
  }
}
