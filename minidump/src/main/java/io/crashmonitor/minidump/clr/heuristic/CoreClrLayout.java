package io.crashmonitor.minidump.clr.heuristic;

/**
 * Where a runtime without data contracts keeps what the finder needs: offsets in bytes in its own
 * structures, of 64-bit Windows. Only runtimes are listed here that a dump has proved.
 *
 * @param typeRow offset in a MethodTable of the 16-bit row of its type definition
 * @param baseSize offset in a MethodTable of the size of an object with its header
 * @param parent offset in a MethodTable of the parent's MethodTable
 * @param module offset in a MethodTable of its Module
 * @param peFile offset in a Module of its PEFile
 * @param peImage offset in a PEFile of its PEImage
 * @param loadedLayout offset in a PEImage of the layout it is loaded with
 * @param layoutBase offset in a layout of the image's address
 * @param layoutFlags offset in a layout of its flags; bit 0: mapped by sections
 * @param tokenRemainderBits how many low bits of a method's token its MethodDesc has; its chunk has
 *     the others
 */
record CoreClrLayout(
    int typeRow,
    int baseSize,
    int parent,
    int module,
    int peFile,
    int peImage,
    int loadedLayout,
    int layoutBase,
    int layoutFlags,
    int tokenRemainderBits) {

  /** .NET Core 3.1. */
  static final CoreClrLayout NET_CORE_3_1 = new CoreClrLayout(10, 4, 16, 24, 16, 8, 80, 8, 20, 14);
}
