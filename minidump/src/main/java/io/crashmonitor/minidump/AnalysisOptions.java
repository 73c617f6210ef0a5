package io.crashmonitor.minidump;

import io.crashmonitor.minidump.report.SkipList;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to analyse.
 *
 * @param images a folder of PE files that supplies image memory a small dump lacks: {@code
 *     <folder>/<name>} or, as symbol servers lay them out, {@code
 *     <folder>/<name>/<timestamp><size>/<name>}; used only where timestamp and size agree
 * @param crashingFrames most frames of the crashing thread
 * @param otherFrames most frames of each other thread
 * @param skip what the signature passes over
 */
public record AnalysisOptions(
    Optional<Path> images, int crashingFrames, int otherFrames, SkipList skip) {
  /** No folder of images, 256 and 32 frames, the default skip list. */
  public static AnalysisOptions defaults() {
    return new AnalysisOptions(Optional.empty(), 256, 32, SkipList.defaults());
  }

  /** These options with a folder of PE files. */
  public AnalysisOptions withImages(Path folder) {
    return new AnalysisOptions(Optional.of(folder), crashingFrames, otherFrames, skip);
  }

  /** These options with another skip list. */
  public AnalysisOptions withSkipList(SkipList list) {
    return new AnalysisOptions(images, crashingFrames, otherFrames, list);
  }
}
