// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.IndexUse;
import dev.tapedeck.analyzer.terminal.EndSignal;
import dev.tapedeck.analyzer.web.WebOptions;
import dev.tapedeck.analyzer.web.WebServer;
import dev.tapedeck.format.CaptureReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves the page. */
@Command(
    name = "serve",
    description = {
      "Shows captures as a web page: list, filter, waterfall, bodies, connections.",
      "Prints the page's address and serves it until it is interrupted, to this computer only"
          + " unless --listen names another address. Who knows the address sees everything.",
      "Keeps an index in FILE.idx, so that the next start is quick; of encrypted captures in"
          + " memory only."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer serve orders.tape",
      "  analyzer serve monday.tape tuesday.tape --listen 127.0.0.1:8080"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  private final AnalyzerCommand root;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Capture files, shown one after another.")
  private List<Path> files = List.of();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:0",
      description = "Where to listen; 127.0.0.1 and any free port by default.")
  private String listen = "";

  @Option(names = "--include-secrets", description = "Mask nothing in what is downloaded.")
  private boolean includeSecrets;

  @Option(names = "--no-index", description = "Keep the index in memory, write no FILE.idx.")
  private boolean noIndex;

  ServeCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(files);
    InetSocketAddress address = address();
    if (!address.getAddress().isLoopbackAddress()) {
      root.warn(
          "warning: "
              + listen
              + " is no loopback address: what was captured crosses the network unencrypted");
    }
    checkKeys();
    List<CaptureListing> listings =
        Listings.open(root, files, noIndex ? IndexUse.NONE : IndexUse.KEPT);
    WebOptions options =
        new WebOptions(address, hostName(), includeSecrets, VersionProvider.version());
    try (EndSignal end = EndSignal.install();
        WebServer server = WebServer.start(options, listings)) {
      root.terminal().out().write((server.url() + "\n").getBytes(StandardCharsets.UTF_8));
      root.terminal().out().flush();
      root.warn("serving; press Ctrl-C to stop");
      end.await();
    } catch (BindException e) {
      throw new CommandFailure(
          ExitCode.IO,
          "cannot listen on " + listen,
          String.valueOf(e.getMessage()),
          "name another port, or port 0 for any that is free");
    }
    return ExitCode.OK;
  }

  /** A page that shows nothing would not say why. */
  private void checkKeys() throws IOException {
    for (Path file : files) {
      try (CaptureReader reader = Captures.open(root, file, false)) {
        EncryptOptions.requireWhole(reader);
      }
    }
  }

  private String hostName() {
    String host = listen.substring(0, listen.lastIndexOf(':'));
    return host.startsWith("[") || host.chars().allMatch(c -> c == '.' || Character.isDigit(c))
        ? ""
        : host;
  }

  private InetSocketAddress address() throws CommandFailure {
    int colon = listen.lastIndexOf(':');
    try {
      int port = Integer.parseInt(listen.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= MAX_PORT) {
        return new InetSocketAddress(InetAddress.getByName(listen.substring(0, colon)), port);
      }
    } catch (NumberFormatException | UnknownHostException e) {
      throw badAddress();
    }
    throw badAddress();
  }

  private CommandFailure badAddress() {
    return new CommandFailure(
        ExitCode.USAGE,
        "no address to listen on",
        "'" + listen + "'",
        "write such as 127.0.0.1:8080, port 0 for any that is free");
  }
}
