/* The vectors, and every way into the kernel and out of it.
 *
 * The kernel runs on the main stack and finishes all that it does before it leaves, so it has no
 * context of its own. Each entry saves the interrupted context, calls one C function, lets the
 * scheduler choose, and resumes what is then active. The call frame information lets tools find
 * what each function pushes: nothing.
 */
    .syntax unified
    .thumb
    .cfi_sections .debug_frame      /* not .eh_frame, which would take flash */

    .section .vectors, "a", %progbits
    .global vectors
    .type vectors, %object
vectors:
    .word __stack_top
    .word reset_handler
    .word fault_handler             /* NMI: nothing here raises it */
    .word fault_handler             /* hard fault */
    .word fault_handler             /* memory fault */
    .word fault_handler             /* bus fault */
    .word fault_handler             /* usage fault */
    .word 0, 0, 0, 0
    .word svcall_handler
    .word fault_handler             /* debug monitor: never enabled */
    .word 0
    .word pendsv_handler
    .word systick_handler
    .rept 32                        /* INTERRUPTS_MAX in machine.c */
    .word interrupt_handler
    .endr
    .size vectors, . - vectors

.macro function name
    .section .text.\name, "ax", %progbits
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .cfi_startproc
.endm

.macro end_function name
    .cfi_endproc
    .pool
    .size \name, . - \name
.endm

/* Whoever is interrupted runs in thread mode on the process stack; anything else is a crash of the
 * kernel. */
.macro entry name, action
function \name
    tst     lr, #4
    beq     kernel_crashed
    ldr     r0, =context_active
    ldr     r0, [r0]
    mrs     r1, psp
    stmia   r0, {r1, r4-r11, lr}
    bl      \action
    b       resume
end_function \name
.endm

    entry svcall_handler, syscall_take
    entry systick_handler, timer_tick
    entry interrupt_handler, interrupt_take
    entry fault_handler, fault_take
    entry pendsv_handler, nothing   /* only the scheduler is wanted */

function nothing
    bx      lr
end_function nothing

function resume
    bl      task_schedule
    ldr     r0, =context_active
    ldr     r0, [r0]
    ldmia   r0, {r1, r4-r11, lr}
    msr     psp, r1
    bx      lr
end_function resume

function kernel_crashed
    mrs     r0, msp
    b       kernel_crash
end_function kernel_crashed

/* Leaves the main stack to the kernel and idles until the first exception. */
function idle_enter
    ldr     r0, =idle_stack_top
    ldr     r0, [r0]
    msr     psp, r0
    movs    r0, #2                  /* thread mode on the process stack, privileged */
    msr     control, r0
    isb
    cpsie   i
    b       idle
end_function idle_enter

/* The processor's loop while no task is ready. It has no stack: its only use of one is the frame
 * that an exception saves. */
function idle
    wfi
    b       idle
end_function idle

/* Interrupts stay out until idle_enter: until then there is no process stack. The kernel's own data
 * comes from flash first; both ranges are whole words. */
function reset_handler
    cpsid   i
    ldr     r0, =__data_start
    ldr     r1, =__data_end
    ldr     r2, =__data_load
    b       2f
1:  ldr     r3, [r2], #4
    str     r3, [r0], #4
2:  cmp     r0, r1
    blo     1b
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    movs    r2, #0
    b       4f
3:  str     r2, [r0], #4
4:  cmp     r0, r1
    blo     3b
    bl      kernel_main
end_function reset_handler
