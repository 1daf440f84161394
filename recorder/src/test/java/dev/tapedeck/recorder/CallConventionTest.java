// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.Direction;
import dev.tapedeck.recorder.CallConvention.Effect;
import dev.tapedeck.recorder.CallConvention.Length;
import dev.tapedeck.recorder.CallConvention.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class CallConventionTest {
  @Test
  void cookie_ofEachField_standsInItsByte() {
    CallConvention convention =
        new CallConvention(
            EventLayout.Call.SSL_WRITE_EX2,
            Direction.INGRESS,
            Effect.NO_MEMORY,
            Length.asSize(4),
            Result.at(5));

    assertThat(convention.cookie()).isEqualTo(0x0503_0804_0301_0005L);
  }

  @Test
  void length_ofSessionOrBuffer_isRefused() {
    assertThatThrownBy(() -> Length.asInt(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Result.at(6)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbers_ofEffectsAndResults_areTheKernelSides() throws Exception {
    String header =
        Files.readString(Path.of(System.getProperty("tapedeck.root"), "bpf", "conventions.h"));
    for (Effect effect : Effect.values()) {
      assertThat(header).contains("EFFECT_" + effect + " = " + effect.number() + ",");
    }
    assertThat(header)
        .contains("RESULT_INT = " + Result.INT.number() + ",")
        .contains("RESULT_LONG = " + Result.SSIZE.number() + ",")
        .contains("RESULT_POINTER = " + Result.at(3).number() + ",")
        .contains("#define CALL_SLOTS " + ControlLayout.Convention.SLOTS + "\n");
    assertThat(Pattern.compile("(EFFECT|RESULT)_\\w+ = ").matcher(header).results().count())
        .isEqualTo(Effect.values().length + 3L);
  }
}
