"""Words that carry no subject of their own: particles, pronouns, question words, and phrases that questions begin with."""

CHINESE = frozenset(
    """
    的 了 着 过 地 得 之 其 和 与 及 或 而 且 并 也 又 还 再 就 才 都 均 皆 很 更 最 太 挺 较 比较 非常 十分 特别 尤其
    是 有 在 于 从 自 由 向 对 对于 关于 至 到 把 被 将 让 使 给 为 为了 因 因为 由于 所以 因此 如果 若 虽然 但 但是 然而 不过
    以 以及 等 等等 之一 之间 其中 此 该 这 那 这个 那个 这些 那些 这种 那种 这样 那样 这里 那里 这项 该项 本 各 每 某 某些 一些 一种 分别
    一个 一项 个 种 项 次 们 我 你 您 他 她 它 我们 你们 他们 它们 自己 咱们 大家 人家 别人
    吗 呢 吧 啊 呀 哦 嘛 啦 么 哪 哪些 哪个 哪种 哪里 哪儿 谁 什么 啥 怎么 怎样 怎么样 如何 为何 为什么 为啥 何 几 多少 多 是否 是不是
    有没有 能不能 会不会 可不可以 要不要 能否 可否 能 能够 可以 可能 会 要 应 应该 需 需要 必须 想 想要 希望 觉得 认为 知道 了解 听说 看到
    请 请问 请教 问 问下 问一下 一下 麻烦 谢谢 帮 帮忙 告诉 说 说说 说明 介绍 解释 讲讲 谈谈 简述 请说明 列举 根据 按照 通过 以上 上述
    目前 现在 当前 近年来 最近 已 已经 曾 正在 仍 仍然 依然 一直 总是 常 常常 经常 往往 通常 一般 大多 主要 具体 到底 究竟 真的 其实 而言
    方面 情况 时候 时 中 里 上 下 内 外 前 后 来 去 做 进行 出 起 成 不 没 没有 无 非 未 别 另外 此外 同时 首先 其次 最后 总之 例如 比如 譬如
    比如说 有关 相关 有些 那么 这么 不是 就是 还是 或者 并且 而且 不仅 不但 只 只有 只是 仅 仅仅 一 二 两 三 文章 文中 综述 本文 作者 家 点 样
    """.split()
)

ENGLISH = frozenset(
    """
    a an the and or but nor so yet if then than as of in on at by for from to into onto with within without about against between
    among during through over under via per is are was were be been being am do does did doing done have has had having can could
    may might must shall should will would ought i me my mine we us our ours you your yours he him his she her hers it its they
    them their theirs this that these those there here who whom whose which what when where why how whether any some all both each
    either neither none no not only just also too very really quite rather much many more most less least few several such same
    other another one ones s t re ve ll d m don doesn didn isn aren wasn weren won wouldn shouldn couldn can't cannot please tell
    know explain describe give list name say says said mention mentioned according article review text paper author authors kind
    kinds sort type types thing things something anything way ways like get gets got getting make makes made making go goes going
    use used using let want wants need needs think heard read looking look wondering wonder question ask asked asking help us me
    hi hello thanks thank actually exactly currently now today ever still already again far well out up down off back yes etc eg ie
    """.split()
)
