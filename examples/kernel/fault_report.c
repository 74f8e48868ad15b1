#include "console.h"
#include "fault.h"
#include "image_id.h"

#define STACK_BYTES_MAX 256u

static const char *kind_name(enum fault_kind kind)
{
    static const char *const names[] = {
        [FAULT_NONE] = "none",
        [FAULT_DATA_ACCESS] = "data-access",
        [FAULT_INSTRUCTION_ACCESS] = "instruction-access",
        [FAULT_STACK_OVERFLOW] = "stack-overflow",
        [FAULT_BAD_STACK] = "bad-stack",
        [FAULT_BAD_LOAN] = "bad-loan",
        [FAULT_BAD_SYSCALL] = "bad-syscall",
        [FAULT_BUS_ERROR] = "bus-error",
        [FAULT_UNDEFINED_INSTRUCTION] = "undefined-instruction",
        [FAULT_BAD_STATE] = "bad-state",
        [FAULT_UNALIGNED_ACCESS] = "unaligned-access",
        [FAULT_DIVISION_BY_ZERO] = "division-by-zero",
        [FAULT_BREAKPOINT] = "breakpoint",
        [FAULT_PANIC] = "panic",
    };
    return names[kind];
}

static const char *source_name(enum fault_source source)
{
    static const char *const names[] = {
        [FAULT_BY_MPU] = "mpu",
        [FAULT_BY_KERNEL] = "kernel",
        [FAULT_BY_CPU] = "cpu",
    };
    return names[source];
}

static void json_text(const char *key, const char *value)
{
    console_text("\"");
    console_text(key);
    console_text("\":\"");
    console_text(value);
    console_text("\",");
}

static void json_hex(const char *key, uint32_t value)
{
    console_text("\"");
    console_text(key);
    console_text("\":\"");
    console_hex(value);
    console_text("\",");
}

static void json_registers(const struct registers *registers)
{
    console_text("\"registers\":{");
    for (uint32_t i = 0; i < 13; i++) {
        console_text("\"r");
        console_decimal(i);
        console_text("\":\"");
        console_hex(registers->general[i]);
        console_text("\",");
    }
    console_text("\"xpsr\":\"");
    console_hex(registers->status);
    console_text("\"},");
}

/* Bytes from the stack pointer up, but only of the task's own stack: a stack pointer that has left
 * it shows nothing. */
static void json_stack(const struct imgbuild_task *record, uint32_t stack_pointer)
{
    console_text("\"stack\":\"");
    if (stack_pointer >= record->stack_base && stack_pointer < record->stack_top) {
        const uint32_t left = record->stack_top - stack_pointer;
        const uint32_t count = left < STACK_BYTES_MAX ? left : STACK_BYTES_MAX;
        const uint8_t *bytes = (const uint8_t *)stack_pointer;
        for (uint32_t i = 0; i < count; i++)
            console_hex_digits(bytes[i], 2);
    }
    console_text("\",");
}

static void report_json(const struct task *task, const struct fault *fault,
                        const struct registers *registers)
{
    char id[IMAGE_ID_CHARACTERS + 1];
    image_id_text(id);
    console_text("{");
    json_text("archive_id", id);
    json_text("task", task->record->name);
    console_text("\"gen\":");
    console_decimal(task->generation);
    console_text(",");
    json_text("kind", kind_name(fault->kind));
    json_hex("address", fault->address);
    json_hex("pc", registers->program_counter);
    json_hex("lr", registers->link);
    json_hex("sp", registers->stack_pointer);
    json_registers(registers);
    json_stack(task->record, registers->stack_pointer);
    json_text("by", source_name(fault->by));
    console_text("\"message\":\"");
    console_untrusted(fault->message);
    console_line("\"}");
}

void fault_report(const struct task *task, const struct fault *fault)
{
    struct registers registers;
    context_registers(&task->context, !fault->registers_lost, &registers);
    console_text("fault: task ");
    console_text(task->record->name);
    console_text(" gen ");
    console_decimal(task->generation);
    console_text(" kind ");
    console_text(kind_name(fault->kind));
    console_text(" address ");
    console_hex(fault->address);
    console_text(" pc ");
    console_hex(registers.program_counter);
    console_text(": ");
    console_untrusted(fault->message);
    console_line("");
    report_json(task, fault, &registers);
}
