package io.crashmonitor.minidump.clr.exception;

/**
 * Where an exception object keeps its facts, and how its stack array is built; offsets and sizes in
 * bytes.
 *
 * @param message offset of the reference to the message
 * @param inner offset of the reference to the inner exception
 * @param stackTrace offset of the reference to the stack array
 * @param hresult offset of the HRESULT
 * @param stringLength offset of a string's length in characters
 * @param stringChars offset of a string's first character
 * @param arrayLength offset of an array's length
 * @param arrayData offset of an array's first element
 * @param stack the elements of a stack array
 */
public record ExceptionLayout(
    int message,
    int inner,
    int stackTrace,
    int hresult,
    int stringLength,
    int stringChars,
    int arrayLength,
    int arrayData,
    StackLayout stack) {

  /**
   * The data of a stack array: a header, then one element for each frame, the throwing method
   * first.
   *
   * @param count offset of the number of elements in the header
   * @param header size of the header
   * @param element size of an element
   * @param ip offset of the instruction pointer in an element
   * @param methodDesc offset of the method
   * @param flags offset of the flags; bit 0 marks the last frame of a trace that was carried over
   *     from elsewhere
   */
  public record StackLayout(int count, int header, int element, int ip, int methodDesc, int flags) {
    /** As in .NET Core 3.1 to .NET 10, none of which says it in a descriptor. */
    public static final StackLayout CLASSIC = new StackLayout(0, 16, 32, 0, 16, 24);
  }
}
