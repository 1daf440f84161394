// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every socket backend: right to the byte where this kernel allows it, refused where it does not.
 */
@BpfTest
final class SocketHooksIT {
  private static final byte[] BODY = new byte[3_000_001];

  static {
    new Random(7).nextBytes(BODY);
  }

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(SocketHooks.class)
  void record_withBackend_isByteExactOrRefusedWithTheReason(SocketHooks hooks) throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.write(root.resolve("body"), BODY);
    Path capture = folder.resolve("x.tape");
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      RecorderRun.Result result =
          RecorderRun.run(
              "record",
              "-o",
              capture.toString(),
              "--hooks",
              hooks.label(),
              "--",
              "curl",
              "-s",
              "-o",
              folder.resolve("got").toString(),
              "http://127.0.0.1:" + server.port() + "/body");

      String obstacle =
          hooks == SocketHooks.AUTO
              ? ""
              : new HookProbe(HostKernel.current(), null).obstacle(hooks);
      if (!obstacle.isEmpty()) {
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.errors()).startsWith("recorder: --hooks " + hooks + ": ").hasLineCount(1);
        assertThat(capture).doesNotExist();
        return;
      }
      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.losses()).isEmpty();
      byte[] request = streams.bytes(streams.streams("curl", Direction.EGRESS, false).get(0));
      assertThat(new String(request, StandardCharsets.ISO_8859_1)).startsWith("GET /body HTTP/1.1");
      byte[] answer = streams.bytes(streams.streams("curl", Direction.INGRESS, false).get(0));
      assertThat(Arrays.copyOfRange(answer, answer.length - BODY.length, answer.length))
          .isEqualTo(BODY);
      try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
        String used = reader.header().attributes().get("hooks.sockets");
        assertThat(used).isEqualTo(hooks == SocketHooks.AUTO ? best().label() : hooks.label());
      }
    }
  }

  /** These two need nothing that a kernel with eBPF and tracing lacks. */
  @ParameterizedTest
  @EnumSource(names = {"RAW_TP", "TRACEPOINT"})
  void obstacle_systemCallBackends_isNone(SocketHooks hooks) throws Exception {
    assertThat(new HookProbe(HostKernel.current(), null).obstacle(hooks)).isEmpty();
  }

  private static SocketHooks best() throws Exception {
    HookProbe probe = new HookProbe(HostKernel.current(), null);
    for (SocketHooks hooks : SocketHooks.BEST_FIRST) {
      if (probe.objection(hooks).isEmpty()) {
        return hooks;
      }
    }
    return SocketHooks.AUTO;
  }

  @Test
  void load_unusedBackends_areNotLoaded() throws Exception {
    RecorderOptions options = RecorderOptions.newBuilder().hooks(SocketHooks.RAW_TP).build();
    try (KernelSide kernel = KernelSide.load(options, 1)) {
      assertThat(kernel.program("handle_sys_exit")).isNotNull();
      assertThat(kernel.loadedPrograms())
          .contains("handle_sys_exit")
          .doesNotContain("handle_exit", "fexit_inet_recvmsg", "kprobe_inet_recvmsg");
    }
  }
}
