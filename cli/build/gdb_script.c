#include "cli/build/gdb_script.h"

#include "base/buffer.h"

/* The text before the table of programs. */
static const char head[] =
    "# Loads the symbols of the kernel and of every task, each at its own addresses, and adds\n"
    "# commands that know the tasks.\n"
    "#   gdb-multiarch image.elf -x image.gdb\n"
    "# The files are found beside image.elf, wherever gdb was started.\n"
    "#   break-task net:handle_packet    stop there, in that task only; also net:file.c:12\n"
    "#   tbreak-task net:handle_packet   the same, once\n"
    "#   current-task                    which task's code is running\n"
    "#   tasks                           the kernel and all tasks, with their addresses\n"
    "set confirm off\n"
    "python\n"
    "import os, re, gdb\n"
    "image = gdb.current_progspace().filename\n"
    "if image is None:\n"
    "    raise gdb.GdbError('load image.elf first: file .../image.elf')\n"
    "# name, file, addresses from first to last\n"
    "imgbuild_programs = [\n";

/* The text after it. Several tasks may have a function or a file of the same name: gdb finds every
 * place, and the ones in the task's own memory are kept. */
static const char tail[] =
    "]\n"
    "for name, path, blocks in imgbuild_programs:\n"
    "    path = os.path.normpath(os.path.join(os.path.dirname(image), path))\n"
    "    gdb.execute('add-symbol-file \"%s\"' % path)\n"
    "\n"
    "def imgbuild_owner(address):\n"
    "    for name, path, blocks in imgbuild_programs:\n"
    "        for first, last in blocks:\n"
    "            if first <= address <= last:\n"
    "                return name\n"
    "    return None\n"
    "\n"
    "def imgbuild_places(where):\n"
    "    try:\n"
    "        gdb.execute('with breakpoint pending off -- break ' + where, to_string=True)\n"
    "    except gdb.error:\n"
    "        return []\n"
    "    number = max(breakpoint.number for breakpoint in gdb.breakpoints())\n"
    "    listing = gdb.execute('info breakpoints %d' % number, to_string=True)\n"
    "    gdb.execute('delete %d' % number)\n"
    "    pattern = r'^%d(?:\\.\\d+)?\\s.*?\\b(0x[0-9a-f]+)\\b' % number\n"
    "    return [int(place, 16) for place in re.findall(pattern, listing, re.MULTILINE)]\n"
    "\n"
    "class ImgbuildBreak(gdb.Command):\n"
    "    def __init__(self, name, temporary):\n"
    "        self.__doc__ = '%s TASK:WHERE\\n\\nStop at WHERE, in that task only.' % name\n"
    "        super().__init__(name, gdb.COMMAND_BREAKPOINTS, gdb.COMPLETE_LOCATION)\n"
    "        self.name, self.temporary = name, temporary\n"
    "    def invoke(self, argument, from_tty):\n"
    "        match = re.match(r'\\s*([A-Za-z0-9_.-]+)[:\\s]\\s*(\\S.*)$', argument)\n"
    "        if not match:\n"
    "            raise gdb.GdbError('usage: %s TASK:FUNCTION or TASK:FILE:LINE' % self.name)\n"
    "        task, where = match.groups()\n"
    "        if task not in [program[0] for program in imgbuild_programs]:\n"
    "            raise gdb.GdbError('there is no task %s' % task)\n"
    "        places = [at for at in imgbuild_places(where) if imgbuild_owner(at) == task]\n"
    "        if not places:\n"
    "            raise gdb.GdbError('task %s has no %s' % (task, where))\n"
    "        for place in places:\n"
    "            gdb.Breakpoint('*0x%x' % place, temporary=self.temporary)\n"
    "\n"
    "class ImgbuildCurrent(gdb.Command):\n"
    "    'Print which task is running.'\n"
    "    def __init__(self):\n"
    "        super().__init__('current-task', gdb.COMMAND_STATUS)\n"
    "    def invoke(self, argument, from_tty):\n"
    "        address = int(gdb.newest_frame().pc())\n"
    "        print('%s at 0x%08x' % (imgbuild_owner(address) or 'no program', address))\n"
    "\n"
    "class ImgbuildTasks(gdb.Command):\n"
    "    'List the kernel and the tasks with their addresses.'\n"
    "    def __init__(self):\n"
    "        super().__init__('tasks', gdb.COMMAND_STATUS)\n"
    "    def invoke(self, argument, from_tty):\n"
    "        for name, path, blocks in imgbuild_programs:\n"
    "            print(name, ' '.join('0x%08x..0x%08x' % block for block in blocks))\n"
    "\n"
    "ImgbuildBreak('break-task', False)\n"
    "ImgbuildBreak('tbreak-task', True)\n"
    "ImgbuildCurrent()\n"
    "ImgbuildTasks()\n"
    "end\n";

static void put_range(struct buffer *out, struct layout_range range)
{
    buffer_format(out, "(0x%08llx, 0x%08llx), ", (unsigned long long)range.start,
                  (unsigned long long)(range.end - 1));
}

static void put_program(struct buffer *out, const struct built_slot *built,
                        const struct build_program *item, const char *prefix)
{
    const struct layout *layout = &built->plan.layout;
    const bool is_kernel = item->task == MANIFEST_NONE;
    buffer_format(out, "    ('%s', '%s%s%s.elf', [", item->program.name, prefix,
                  is_kernel ? "" : "tasks/", item->program.name);
    for (size_t i = 0; is_kernel && i < layout->kernel_count; i++)
        put_range(out, layout->kernel[i].range);
    for (size_t i = 0; !is_kernel && i < layout->tasks[item->task].block_count; i++)
        put_range(out, layout->tasks[item->task].blocks[i].range);
    buffer_append_text(out, "]),\n");
}

const char *gdb_script_text(const struct built_slot *built, const char *prefix, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, head);
    for (size_t i = 0; i < built->programs.count; i++)
        put_program(&out, built, &built->programs.items[i], prefix);
    buffer_append_text(&out, tail);
    return buffer_text(&out);
}
