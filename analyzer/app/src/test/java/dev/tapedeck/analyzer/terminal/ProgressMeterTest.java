// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgressMeterTest {
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private boolean wanted = true;
  private long millis;
  private final ProgressMeter meter =
      new ProgressMeter(
          new PrintStream(seen, true, StandardCharsets.UTF_8),
          () -> Instant.ofEpochMilli(millis),
          () -> wanted);

  private String text() {
    return seen.toString(StandardCharsets.UTF_8).replace("\r\u001b[K", "|");
  }

  @Test
  void at_steadyWork_rateAndTimeLeft() {
    ProgressMeter.Work work = meter.begin("reading", "a.tape", 10_000, ProgressMeter.Unit.EVENTS);
    millis = 100;
    work.at(100);
    assertThat(text()).isEmpty();
    millis = 1000;
    work.at(1000);
    millis = 1100;
    work.at(1100);
    millis = 2000;
    work.at(2000);
    work.close();
    assertThat(text())
        .isEqualTo(
            "|reading a.tape: 1000 of 10000 events, 10 %, 1000/s, 9 s left"
                + "|reading a.tape: 2000 of 10000 events, 20 %, 1000/s, 8 s left|");
  }

  @Test
  void at_rateChanges_followedWithinSeconds() {
    ProgressMeter.Work work = meter.begin("reading", "a", 1_000_000, ProgressMeter.Unit.EVENTS);
    long done = 0;
    for (int second = 1; second <= 40; second++) {
      millis = second * 1000L;
      done += second <= 20 ? 10_000 : 1000;
      work.at(done);
    }
    assertThat(text()).contains(", 10000/s, ").endsWith(", 1104/s, 11:47 min left");
  }

  @Test
  void at_totalUnknown_noShare() {
    ProgressMeter.Work work = meter.begin("importing", "-", 0, ProgressMeter.Unit.BYTES);
    millis = 1000;
    work.at(3 << 20);
    assertThat(text()).isEqualTo("|importing -: 3.0 MiB, 3.0 MiB/s");
  }

  @Test
  void at_hostileName_escapedAndCut() {
    ProgressMeter.Work work =
        meter.begin("reading", "\u001b]0;x\u0007" + "y".repeat(99), 1, ProgressMeter.Unit.EVENTS);
    millis = 500;
    work.at(1);
    assertThat(text()).startsWith("|reading \\x1b]0;x\\x07yyyyyyyyyyyyyyy...: 1 of 1 events");
  }

  @Test
  void at_nobodyLooks_nothing() {
    wanted = false;
    ProgressMeter.Work work = meter.begin("reading", "a", 10, ProgressMeter.Unit.EVENTS);
    millis = 5000;
    work.at(5);
    work.close();
    assertThat(text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1:00 min", "185, 3:05 min", "7265, 2:01 h"})
  void timeLeft_seconds_asPeopleSayIt(long seconds, String text) {
    assertThat(ProgressMeter.timeLeft(seconds)).isEqualTo(text);
  }
}
