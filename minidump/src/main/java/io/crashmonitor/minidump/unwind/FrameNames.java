package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.pe.Exports.Export;
import io.crashmonitor.minidump.pe.LoadedImage;
import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;
import java.util.OptionalLong;

/** Puts names to addresses: module, function, and where the function begins. */
public final class FrameNames {
  private final Code code;

  public FrameNames(Code code) {
    this.code = code;
  }

  /**
   * A frame's place.
   *
   * @param module that holds it
   * @param function name, if it is known
   * @param functionOffset of the frame's ip in the function
   * @param functionBegin RVA of the function's begin, if unwind tables tell
   */
  public record Named(
      Optional<DumpModule> module,
      Optional<String> function,
      OptionalLong functionOffset,
      OptionalLong functionBegin) {}

  /** Names a frame. */
  public Named name(RawFrame frame) {
    Optional<LoadedImage> image = code.images().find(frame.pc());
    Optional<DumpModule> module = image.map(LoadedImage::module);
    OptionalLong begin =
        image.map(found -> functionBegin(found, frame)).orElse(OptionalLong.empty());
    Optional<String> method =
        frame.managed().map(managed -> managed.method()).filter(name -> !name.isEmpty());
    if (method.isPresent()) {
      return new Named(module, method, OptionalLong.of(frame.managed().get().offset()), begin);
    }
    Optional<Export> export =
        begin.isEmpty()
            ? Optional.empty()
            : image.flatMap(found -> found.exportOf(frame.pc(), begin.getAsLong()));
    return new Named(
        module,
        export.map(Export::name),
        export
            .map(found -> OptionalLong.of(frame.ip() - module.get().base() - found.rva()))
            .orElse(OptionalLong.empty()),
        begin);
  }

  private OptionalLong functionBegin(LoadedImage image, RawFrame frame) {
    try {
      Optional<RuntimeFunction> function = image.function(frame.pc());
      if (function.isEmpty()) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(begin(image, function.get(), frame));
    } catch (MinidumpException e) {
      return OptionalLong.empty();
    }
  }

  /** A split-off part goes by its function's begin if that one is exported, else by its own. */
  private long begin(LoadedImage image, RuntimeFunction function, RawFrame frame) {
    if (code.architecture() != Architecture.AMD64) {
      return function.begin();
    }
    long primary = UnwindInfo.primaryBegin(code.memory(), function);
    boolean between =
        primary <= function.begin()
            && image
                .exports()
                .nearest(frame.pc() - image.module().base())
                .map(export -> export.rva() <= primary)
                .orElse(true);
    return between ? primary : function.begin();
  }
}
