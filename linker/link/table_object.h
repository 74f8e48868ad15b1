/* The kernel's tables as an object file that any linker takes. */
#ifndef LINKER_LINK_TABLE_OBJECT_H
#define LINKER_LINK_TABLE_OBJECT_H

#include "linker/link/objects.h"

#include "layout/tables/tables.h"

/* Writes an ELF relocatable object: section .imgbuild.image with the global object
 * `imgbuild_image`, and section .rodata.imgbuild with all that it points to.
 * Shape:  target: what objects_check() returned. Equal tables give equal bytes.
 * Errors: tables-machine (no relocation is known for the machine).
 * Source: System V gABI 4.1 chapter 4; ELF for the Arm Architecture (IHI 0044) 5.6; RISC-V ELF
 *         psABI 8. */
MUST_CHECK bool table_object_build(struct arena *arena, const struct tables *tables,
                                   const struct objects_target *target, struct span *ret,
                                   struct diag_list *diags);

#endif
