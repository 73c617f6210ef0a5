package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.FieldKind;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import java.util.Optional;

/**
 * Fields of objects that no descriptor names, by what metadata and the loader's rules of layout
 * say.
 */
final class ObjectFields {
  private static final int MAX_PARENTS = 32;

  private final View view;
  private final TypeSystem types;

  ObjectFields(View view, TypeSystem types) {
    this.view = view;
    this.types = types;
  }

  /**
   * Full name of the type nearest to an object's own that defines a method of that name; empty
   * where none does.
   */
  String definingType(long object, String method) {
    long type = types.typeOf(object);
    for (int i = 0; i < MAX_PARENTS && type != 0; i++) {
      if (!types.metadata(type).methodsNamed(types.typeToken(type), method).isEmpty()) {
        return types.typeName(type);
      }
      type = types.parent(type);
    }
    return "";
  }

  /**
   * What a reference field holds. The loader puts a class's references first, in the order of their
   * declaration, behind its parent's fields; a base size counts those fields, the type pointer and
   * one word more.
   *
   * @return address of the object referred to; empty where the field is null or the object is of
   *     another type
   */
  Optional<Long> reference(long object, String declaringType, String field) {
    long type = types.typeOf(object);
    for (int i = 0; i < MAX_PARENTS && type != 0; i++) {
      long parent = types.parent(type);
      if (parent != 0 && types.typeName(type).equals(declaringType)) {
        return inType(object, type, parent, field);
      }
      type = parent;
    }
    return Optional.empty();
  }

  private Optional<Long> inType(long object, long type, long parent, String field) {
    long at = object + types.baseSize(parent) - 8;
    for (Metadata.Field declared : types.metadata(type).instanceFields(types.typeToken(type))) {
      if (declared.name().equals(field)) {
        return Optional.of(view.pointer(at)).filter(reference -> reference != 0);
      }
      at += declared.kind() == FieldKind.REFERENCE ? 8 : 0;
    }
    return Optional.empty();
  }
}
