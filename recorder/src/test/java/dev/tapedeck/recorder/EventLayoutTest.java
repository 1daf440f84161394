// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.LossEvent;
import dev.tapedeck.recorder.bpf.BpfObject;
import dev.tapedeck.recorder.bpf.Btf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares every size, offset and number with the type information of the built objects. */
final class EventLayoutTest {
  private static final Map<String, Class<?>> STRUCTS =
      Map.ofEntries(
          Map.entry("event_header", EventLayout.Header.class),
          Map.entry("stream_account", EventLayout.Account.class),
          Map.entry("data_event", EventLayout.Data.class),
          Map.entry("cipher_event", EventLayout.Cipher.class),
          Map.entry("socket_event", EventLayout.Socket.class),
          Map.entry("dup_event", EventLayout.Dup.class),
          Map.entry("close_event", EventLayout.Close.class),
          Map.entry("tls_event", EventLayout.Tls.class),
          Map.entry("tls_binding_event", EventLayout.Binding.class),
          Map.entry("process_event", EventLayout.ProcessLife.class),
          Map.entry("library_event", EventLayout.Library.class),
          Map.entry("file_key", ControlLayout.FileKey.class),
          Map.entry("settings", ControlLayout.Settings.class),
          Map.entry("call_convention", ControlLayout.Convention.class),
          Map.entry("budget", ControlLayout.Budget.class),
          Map.entry("target", ControlLayout.Target.class),
          Map.entry("loss", ControlLayout.Loss.class),
          Map.entry("tls_key", ControlLayout.TlsKey.class),
          Map.entry("tls_session", ControlLayout.TlsSession.class),
          Map.entry("unsent_end", ControlLayout.UnsentEnd.class),
          Map.entry("blind_key", ControlLayout.BlindKey.class),
          Map.entry("blind_count", ControlLayout.BlindCount.class),
          Map.entry("end_key", ControlLayout.EndKey.class),
          Map.entry("socket_state", ControlLayout.SocketState.class));

  /** Fields whose Java name is not the C name in capitals. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("loss.LOST_BYTES", "bytes", "target.SET", "", "target.COMM", "", "target.CGROUP", "");

  private static Btf types(String object) throws Exception {
    try (var in = EventLayoutTest.class.getResourceAsStream("/dev/tapedeck/bpf/" + object)) {
      try (BpfObject opened = BpfObject.open(in.readAllBytes(), "layout", null)) {
        return opened.types();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x86_64/tapedeck.bpf.o",
        "x86_64/tapedeck-legacy.bpf.o",
        "aarch64/tapedeck.bpf.o",
        "aarch64/tapedeck-legacy.bpf.o"
      })
  void layouts_ofEveryObject_areTheKernelSides(String object) throws Exception {
    Btf types = types(object);
    for (Map.Entry<String, Class<?>> entry : STRUCTS.entrySet()) {
      Btf.Struct struct = types.struct(entry.getKey()).orElseThrow();
      int compared = 0;
      for (var field : entry.getValue().getDeclaredFields()) {
        if (field.getType() != int.class) {
          continue;
        }
        String what = entry.getKey() + "." + field.getName();
        int value = field.getInt(null);
        if (field.getName().equals("BYTES")) {
          assertThat(struct.sizeBytes()).as(what).isEqualTo(value);
          compared++;
        } else if (offset(types, struct, what, field.getName()) >= 0) {
          assertThat(offset(types, struct, what, field.getName())).as(what).isEqualTo(value);
          compared++;
        }
      }
      assertThat(compared).as(entry.getKey()).isGreaterThanOrEqualTo(2);
    }
  }

  /** Returns where the kernel side has a field; −1 for constants that are no offset. */
  private static int offset(Btf types, Btf.Struct struct, String what, String javaName) {
    if (javaName.startsWith("OWNER_")
        || javaName.startsWith("CAUSE_")
        || javaName.startsWith("METHOD_")
        || javaName.equals("SLOTS")) {
      return -1;
    }
    String name = OTHER_NAMES.getOrDefault(what, javaName.toLowerCase(Locale.ROOT));
    if (name.isEmpty()) {
      return -1;
    }
    if (struct.name().equals("data_event") && name.startsWith("stream_")) {
      Btf.Struct key = types.struct("stream_key").orElseThrow();
      return struct.offsets().get("stream") + key.offsets().get(name.substring("stream_".length()));
    }
    if (struct.name().equals("blind_count") && name.endsWith("gress")) {
      return struct.offsets().get("bytes") + (name.equals("egress") ? 0 : Long.BYTES);
    }
    if (struct.offsets().containsKey("streams") && name.equals("egress")) {
      return struct.offsets().get("streams");
    }
    if (struct.offsets().containsKey("streams") && name.equals("ingress")) {
      return struct.offsets().get("streams") + EventLayout.Account.BYTES;
    }
    assertThat(struct.offsets()).as(what).containsKey(name);
    return struct.offsets().get(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64/tapedeck.bpf.o", "aarch64/tapedeck.bpf.o"})
  void numbers_ofEnumerations_areTheKernelSides(String object) throws Exception {
    Btf types = types(object);
    compare(types.enumeration("event_kind"), "EVENT_", EventLayout.Kind.class);
    compare(types.enumeration("call"), "CALL_", EventLayout.Call.class);
  }

  @Test
  void numbers_ofLossCauses_areTheKernelSides() throws Exception {
    // The objects do not mention this enumeration, so the header is read.
    String header =
        Files.readString(Path.of(System.getProperty("tapedeck.root"), "bpf", "control.h"));
    Map<String, Long> numbers = new HashMap<>();
    Pattern.compile("\\b(LOSS_\\w+) = (\\d+)")
        .matcher(header)
        .results()
        .forEach(match -> numbers.put(match.group(1), Long.valueOf(match.group(2))));
    compare(numbers, "LOSS_", ControlLayout.LossCause.class);
    numbers.keySet().removeAll(Set.of("LOSS_NONE", "LOSS_CAUSES"));
    assertThat(numbers.values())
        .hasSize(ControlLayout.LossCause.COUNT - 1)
        .extracting(number -> KernelSide.causeOf(number.intValue()))
        .doesNotContain(LossEvent.Cause.UNKNOWN);
  }

  private static void compare(Map<String, Long> numbers, String prefix, Class<?> constants)
      throws Exception {
    assertThat(numbers).as(prefix).isNotEmpty();
    for (var field : constants.getDeclaredFields()) {
      String name = prefix + field.getName();
      if (!name.equals("LOSS_COUNT")) {
        assertThat(numbers).containsEntry(name, (long) field.getInt(null));
      } else {
        assertThat(numbers).containsEntry("LOSS_CAUSES", (long) field.getInt(null));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64/tapedeck.bpf.o", "aarch64/tapedeck.bpf.o"})
  void programs_ofFamilies_areInTheObject(String object) throws Exception {
    try (var in = EventLayoutTest.class.getResourceAsStream("/dev/tapedeck/bpf/" + object);
        BpfObject opened = BpfObject.open(in.readAllBytes(), "layout", null)) {
      Set<String> inTable = new HashSet<>();
      for (TlsFamily family : TlsFamily.ALL) {
        for (TlsFamily.ProbedFunction function : family.functions()) {
          for (UprobeLinks links : UprobeLinks.values()) {
            inTable.addAll(
                List.of(
                    links.entryProgram(function),
                    links.sessionProgram(function),
                    links.returnProgram(function)));
          }
        }
      }
      inTable.remove("");
      assertThat(opened.programs()).containsKeys(inTable.toArray(String[]::new));
      assertThat(opened.programs().keySet())
          .filteredOn(name -> name.startsWith("handle_tls_") || name.startsWith("handle_call_"))
          .as("programs that nobody attaches")
          .isSubsetOf(inTable);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64/tapedeck-legacy.bpf.o", "aarch64/tapedeck-legacy.bpf.o"})
  void programs_withoutCookies_areOneForEachConvention(String object) throws Exception {
    try (var in = EventLayoutTest.class.getResourceAsStream("/dev/tapedeck/bpf/" + object);
        BpfObject opened = BpfObject.open(in.readAllBytes(), "layout", null)) {
      for (int slot = 0; slot < ControlLayout.Convention.SLOTS; slot++) {
        assertThat(opened.programs())
            .containsKeys("handle_call_" + slot + "_entry", "handle_call_" + slot + "_return");
      }
      assertThat(
              TlsFamily.ALL.stream()
                  .flatMap(family -> family.functions().stream())
                  .map(TlsFamily.ProbedFunction::cookie)
                  .filter(cookie -> cookie != 0)
                  .distinct())
          .hasSizeLessThanOrEqualTo(ControlLayout.Convention.SLOTS);
    }
  }
}
