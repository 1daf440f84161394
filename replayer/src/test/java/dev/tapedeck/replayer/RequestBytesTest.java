// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestBytesTest {
  @Test
  void of_requestWithHost_changesItsValueAndNothingElse() {
    String recorded =
        "POST /a?b=%20 HTTP/1.1\r\nX-Odd:  two\r\nhOsT:old.example:81\r\nContent-Length: 3\r\n\r\nabc";
    List<Bytes> runs = RequestBytes.of(TestMessages.request(recorded), "new.example");
    assertThat(text(runs)).isEqualTo(recorded.replace("old.example:81", "new.example"));
    assertThat(RequestBytes.lengthBytes(runs)).isEqualTo(text(runs).length());
  }

  @Test
  void of_repeatedHost_changesBoth() {
    List<Bytes> runs =
        RequestBytes.of(TestMessages.request("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), "c");
    assertThat(text(runs)).isEqualTo("GET / HTTP/1.1\r\nHost: c\r\nHost: c\r\n\r\n");
  }

  @Test
  void of_noHost_addsNone() {
    String recorded = "GET / HTTP/1.0\r\n\r\n";
    assertThat(text(RequestBytes.of(TestMessages.request(recorded), "c"))).isEqualTo(recorded);
  }

  @Test
  void of_keptHost_isWhatWasRecorded() {
    String recorded = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assertThat(text(RequestBytes.of(TestMessages.request(recorded), null))).isEqualTo(recorded);
  }

  private static String text(List<Bytes> runs) {
    StringBuilder text = new StringBuilder();
    runs.forEach(run -> text.append(run.toLatin1()));
    return text.toString();
  }
}
