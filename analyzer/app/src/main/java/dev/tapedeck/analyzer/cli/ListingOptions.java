// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.listing.CaptureListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How the lists of captures are kept. */
final class ListingOptions {
  @Option(names = "--no-index", description = "Keep the index in memory, write no FILE.idx.")
  private boolean noIndex;

  /** Opens the list of each file, which the caller closes; not built yet. */
  List<CaptureListing> open(AnalyzerCommand root, List<Path> files) throws IOException {
    List<CaptureListing> listings = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      CaptureRef capture =
          files.size() == 1 ? CaptureRef.ONLY : new CaptureRef(file.toString(), i + 1);
      int threads = new SourceOptions(files, false, false).threads(Files.size(file));
      listings.add(
          CaptureListing.open(
              file, capture, () -> Captures.openWhole(root, file, false), threads, !noIndex));
    }
    return listings;
  }
}
