// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.sql.CaptureInput;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A capture that queries read, with progress and warnings as other commands have them; each warning
 * is given once, however often a query reads the file.
 */
final class QueryInput implements CaptureInput {
  private final AnalyzerCommand root;
  private final Path path;
  private final CaptureRef capture;
  private final ReadingOptions options;
  private final FilterOptions filter;
  private final ExchangeMasker masker;

  /** Guarded by this. */
  private final Set<String> told = new HashSet<>();

  /** Guarded by this. */
  private boolean damaged;

  private QueryInput(
      AnalyzerCommand root,
      Path path,
      CaptureRef capture,
      ReadingOptions options,
      FilterOptions filter,
      ExchangeMasker masker) {
    this.filter = filter;
    this.masker = masker;
    this.root = root;
    this.path = path;
    this.capture = capture;
    this.options = options;
  }

  /** Returns the captures, which exist, with all that they hold. */
  static List<QueryInput> of(AnalyzerCommand root, List<Path> files, ReadingOptions options)
      throws IOException {
    return of(root, files, options, new FilterOptions(), ExchangeMasker.unless(true));
  }

  /**
   * Returns the captures, which exist.
   *
   * @param filter which exchanges are shown
   * @param masker what is shown of them
   */
  static List<QueryInput> of(
      AnalyzerCommand root,
      List<Path> files,
      ReadingOptions options,
      FilterOptions filter,
      ExchangeMasker masker)
      throws IOException {
    Captures.check(files);
    List<QueryInput> inputs = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      CaptureRef capture =
          files.size() == 1 ? CaptureRef.ONLY : new CaptureRef(files.get(i).toString(), i + 1);
      inputs.add(new QueryInput(root, files.get(i), capture, options, filter, masker));
    }
    return inputs;
  }

  /** Returns whether the capture is encrypted, so that no part of it may reach a disk. */
  boolean isEncrypted() throws IOException {
    try (CaptureReader reader = Captures.open(root, path, options.strict())) {
      return reader.encryption() != null;
    }
  }

  /** Returns whether damage was found so far. */
  synchronized boolean isDamaged() {
    return damaged;
  }

  @Override
  public String file() {
    return path.toString();
  }

  @Override
  public CaptureRef capture() {
    return capture;
  }

  @Override
  public Reading open(boolean payload) throws IOException {
    CaptureReader reader =
        payload
            ? Captures.openWhole(root, path, options.strict())
            : Captures.open(root, path, options.strict());
    return new OpenReading(
        reader, new Progress(root, path, reader), Files.size(path), filter.of(reader));
  }

  private synchronized void tell(String warning, boolean counts) {
    damaged |= counts;
    if (told.add(warning)) {
      root.warn(warning);
    }
  }

  /** A file that was cut is told of once, and not behind other damage. */
  private synchronized void tellCut(CaptureReader reader) throws IOException {
    damaged |= Captures.tellsCut(root, path, reader, damaged);
  }

  private final class OpenReading implements Reading {
    private final CaptureReader reader;
    private final Progress progress;
    private final long fileBytes;
    private final Predicate<Exchange> meant;

    OpenReading(
        CaptureReader reader, Progress progress, long fileBytes, Predicate<Exchange> meant) {
      this.meant = meant;
      this.reader = reader;
      this.progress = progress;
      this.fileBytes = fileBytes;
    }

    @Override
    public EventSource source() {
      return progress;
    }

    @Override
    public AnalyzerOptions options() {
      return AnalyzerOptions.newBuilder()
          .bothEnds(options.bothEnds())
          .threads(options.threads(fileBytes))
          .build();
    }

    @Override
    public @Nullable Exchange view(Exchange exchange) {
      return meant.test(exchange) ? masker.mask(exchange) : null;
    }

    @Override
    public void damage(Damage damage) {
      progress.pause();
      tell(Captures.describe(path, damage), Captures.counts(path, damage));
    }

    @Override
    public void end() throws IOException {
      tellCut(reader);
    }

    @Override
    public void close() throws IOException {
      progress.close();
      reader.close();
    }
  }
}
