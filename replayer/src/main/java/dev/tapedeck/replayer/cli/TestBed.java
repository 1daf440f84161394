// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.engine.NanoClock;
import dev.tapedeck.replayer.launch.MockEnvironment;
import dev.tapedeck.replayer.launch.TargetProcess;
import dev.tapedeck.replayer.mock.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The target that a replay started, with what it needs: a mock, the files that name the mock's
 * authority, and a log.
 *
 * <p><b>Ownership:</b> {@link #close} ends and deletes all of it, last made first.
 */
final class TestBed implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Keeps nothing secret: the store holds a certificate. */
  private static final String STORE_PASSWORD = "tapedeck";

  private final ReplayerCommand root;
  private final StartOptions options;
  private final InetSocketAddress target;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private @Nullable TargetProcess process;

  TestBed(ReplayerCommand root, StartOptions options, InetSocketAddress target) {
    this.root = root;
    this.options = options;
    this.target = target;
  }

  /**
   * Starts the target and waits until it accepts connections.
   *
   * @param mock what stands in for its downstream services; null for nothing
   * @param stop what ends the waiting
   */
  void start(List<String> command, @Nullable StartedMock mock, StopSignal stop)
      throws IOException, InterruptedException {
    if (TargetProcess.isListening(target)) {
      throw new CommandFailure(
          ExitCode.IO,
          "something listens on "
              + target.getHostString()
              + ":"
              + target.getPort()
              + " already, and would be tested in place of '"
              + command.get(0)
              + "': stop it, or choose another port");
    }
    Map<String, String> environment = new HashMap<>();
    if (mock == null) {
      environment.putAll(options.environment());
    } else {
      MockEnvironment variables = variables(mock);
      environment.putAll(variables.variables(System.getenv()));
      for (Map.Entry<String, String> own : options.environment().entrySet()) {
        try {
          environment.put(own.getKey(), variables.fill(own.getValue()));
        } catch (IllegalArgumentException e) {
          throw new CommandFailure(
              ExitCode.USAGE, "--env " + own.getKey() + ": " + e.getMessage(), e);
        }
      }
    }
    TargetProcess started;
    try {
      started = TargetProcess.start(command, environment, log());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.IO,
          "the target's command cannot be started: " + e.getMessage() + ": check the name",
          e);
    }
    owned.push(started);
    process = started;
    stop.onStop(started::stopWaiting);
    try {
      started.awaitListening(target, options.startTimeout(), NanoClock.SYSTEM);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.IO, String.valueOf(e.getMessage()), e);
    }
  }

  /** Says when the target did not survive the replay. */
  void tellEnd() {
    if (process != null && !process.isAlive()) {
      root.tell("warning: the target's command ended during the replay: see what it wrote");
    }
  }

  private OutputStream log() throws IOException {
    Path file = options.log();
    if (file == null) {
      return new FilterOutputStream(root.terminal().err()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length);
        }
      };
    }
    Files.deleteIfExists(file);
    OutputStream log =
        Channels.newOutputStream(
            Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE));
    owned.push(log);
    return log;
  }

  private MockEnvironment variables(StartedMock mock) throws IOException {
    Path folder = Files.createTempDirectory("replayer-mock");
    owned.push(() -> Files.deleteIfExists(folder));
    Path ca = write(folder.resolve("ca.pem"), mock.caPem().getBytes(StandardCharsets.US_ASCII));
    Path store = write(folder.resolve("truststore.p12"), trustStore(mock.authority()));
    Map<String, String> origins = new LinkedHashMap<>();
    for (Map.Entry<Upstream, InetSocketAddress> origin : mock.origins().entrySet()) {
      origins.put(origin.getKey().name(), StartedMock.url(origin.getValue()));
    }
    InetAddress address = target.getAddress();
    String host = address == null ? target.getHostString() : address.getHostAddress();
    return new MockEnvironment(
        mock.proxy().getAddress().getHostAddress(),
        mock.proxy().getPort(),
        ca.toString(),
        store.toString(),
        STORE_PASSWORD,
        host + ":" + target.getPort(),
        origins);
  }

  private Path write(Path file, byte[] content) throws IOException {
    Files.createFile(file, PRIVATE);
    owned.push(() -> Files.deleteIfExists(file));
    return Files.write(file, content);
  }

  private static byte[] trustStore(X509Certificate authority) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("tapedeck-mock", authority);
      var bytes = new ByteArrayOutputStream();
      store.store(bytes, STORE_PASSWORD.toCharArray());
      return bytes.toByteArray();
    } catch (GeneralSecurityException e) {
      throw new IOException("the trust store cannot be made: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (IOException e) {
        failure = e;
      } catch (Exception e) {
        throw new IllegalStateException("closing the test bed", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
