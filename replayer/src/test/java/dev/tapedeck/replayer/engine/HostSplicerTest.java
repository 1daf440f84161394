// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.target.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostSplicerTest {
  @Test
  void splice_requestWithHost_changesItsValueAndNothingElse() {
    String recorded =
        "POST /a?b=%20 HTTP/1.1\r\nX-Odd:  two\r\nhOsT:old.example:81\r\nContent-Length: 3\r\n\r\nabc";
    List<Bytes> runs = splicer("new.example").runs(TestMessages.request(recorded));
    assertThat(text(runs)).isEqualTo(recorded.replace("old.example:81", "new.example"));
    assertThat(new OutgoingRequest.Http1(runs).lengthBytes()).isEqualTo(text(runs).length());
  }

  @Test
  void splice_repeatedHost_changesBoth() {
    List<Bytes> runs =
        splicer("c").runs(TestMessages.request("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
    assertThat(text(runs)).isEqualTo("GET / HTTP/1.1\r\nHost: c\r\nHost: c\r\n\r\n");
  }

  @Test
  void splice_noHost_addsNone() {
    String recorded = "GET / HTTP/1.0\r\n\r\n";
    assertThat(text(splicer("c").runs(TestMessages.request(recorded)))).isEqualTo(recorded);
  }

  @Test
  void splice_keptHost_isWhatWasRecorded() {
    String recorded = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assertThat(
            text(
                new HostSplicer(new Target(false, "c", 80), true)
                    .runs(TestMessages.request(recorded))))
        .isEqualTo(recorded);
  }

  private static HostSplicer splicer(String host) {
    return new HostSplicer(new Target(false, host, 80), false);
  }

  private static String text(List<Bytes> runs) {
    StringBuilder text = new StringBuilder();
    runs.forEach(run -> text.append(run.toLatin1()));
    return text.toString();
  }
}
