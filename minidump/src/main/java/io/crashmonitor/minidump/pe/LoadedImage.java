package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;

/** A module with what its mapped image tells; its tables are read when first asked for. */
public final class LoadedImage {
  private final DumpModule module;
  private final Optional<PeImage> pe;
  private final Optional<FunctionTable> functions;
  private Exports exports;

  LoadedImage(DumpModule module, Optional<PeImage> pe) {
    this.module = module;
    this.pe = pe;
    this.functions = pe.map(FunctionTable::new).filter(FunctionTable::present);
  }

  public DumpModule module() {
    return module;
  }

  /** Headers, if they are in memory. */
  public Optional<PeImage> pe() {
    return pe;
  }

  /** Exports; none where they are not in memory. */
  public Exports exports() {
    if (exports == null) {
      exports = pe.map(Exports::of).orElseGet(Exports::none);
    }
    return exports;
  }

  /** Whether code at an address of this image can be unwound by a table. */
  public boolean hasFunctionTable() {
    return functions.isPresent();
  }

  /** Whether it is a .NET assembly. */
  public boolean managed() {
    return pe.map(image -> image.directory(PeImage.CLI).present()).orElse(false);
  }

  /**
   * The unwind entry for an address of the image; empty for a leaf function.
   *
   * @throws MinidumpException where the table is not in the dump
   */
  public Optional<RuntimeFunction> function(long address) {
    return functions.flatMap(table -> table.find(address - module.base()));
  }

  /**
   * Whether the address can hold code: in an executable section, or unknown for lack of headers.
   */
  public boolean mayExecute(long address) {
    long rva = address - module.base();
    return pe.map(image -> image.section(rva).map(PeImage.Section::executable).orElse(false))
        .orElse(rva >= 0x1000);
  }

  /**
   * The exported function that an address belongs to. The nearest export before it is its name only
   * if it does not lie before the function's own begin: stripped code lies between exports.
   *
   * @param address of an instruction
   * @param functionBegin RVA at which the function begins by its unwind entry
   */
  public Optional<Exports.Export> exportOf(long address, long functionBegin) {
    return exports()
        .nearest(address - module.base())
        .filter(export -> export.rva() >= functionBegin);
  }
}
