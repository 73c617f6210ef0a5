package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.Metadata;

/** What one runtime knows of types and methods by the addresses of its structures. */
public interface TypeSystem {
  /** Address of the MethodTable of an object. */
  long typeOf(long object);

  /** Full name of a type, nested types joined by '+'; throws where it cannot be read. */
  String typeName(long methodTable);

  /** As {@link #typeName}, with the type arguments of a generic instance. */
  String instanceName(long methodTable);

  /** Whether a type is System.Exception or derives from it. */
  boolean isException(long methodTable);

  /** Whether a type is System.String. */
  boolean isString(long methodTable);

  /** Whether a type is System.Object[]. */
  boolean isObjectArray(long methodTable);

  /** The method of a MethodDesc; throws where even its name cannot be read. */
  ManagedMethod method(long methodDesc);

  /** Address of the parent's MethodTable; 0 for System.Object. */
  long parent(long methodTable);

  /** Size of an object with its header, in bytes, as the type's parts lay it out. */
  int baseSize(long methodTable);

  /** Metadata that defines a type; throws where it cannot be read. */
  Metadata metadata(long methodTable);

  /** Token of a type's definition in its metadata. */
  int typeToken(long methodTable);
}
