# 客服在工作群里看到的内容。

desk-room-title = { $name } · { $channel } · { $code }
desk-card-who = { $name } · { $channel } · { $language } · { $code }
desk-card-human-first = 希望先由人工回复
desk-card-human-if-unsure = 机器人没把握时希望人工回复
desk-card-bot-is-fine = 机器人回复即可
desk-card-no-preference = 还没说希望谁先回复
desk-card-reason = 转人工原因：{ $reason }
desk-card-tried-answer = 机器人回答过：{ $question }
desk-card-tried-offer = 机器人给过选项：{ $questions }
desk-card-tried-unsure = 机器人没有找到足够可能的答案
desk-card-tried-nothing = 机器人还没有尝试回答
desk-card-waiting = 已等待 { $minutes } 分钟
desk-card-claimed = { $agent } 在处理
desk-card-resolved = 已由 { $agent } 解决
desk-card-with-bot = 机器人在处理
desk-line-customer = { $name }：{ $words }
desk-line-bot = 机器人：{ $words }
desk-line-agent = 我们：{ $words }

desk-channel-telegram = Telegram
desk-channel-discord = Discord
desk-channel-web = 网页聊天
desk-language-en = 英语
desk-language-vi = 越南语
desk-language-zh = 中文
desk-language-unknown = 语言未知

desk-reason-asked = 顾客要求人工
desk-reason-prefers-person = 顾客偏好人工
desk-reason-unsure = 机器人没把握
desk-reason-none-of-these = 机器人的选项都不合适
desk-reason-did-not-help = 机器人的回答没有帮助
desk-reason-same-answer = 又要给出同样的回答
desk-reason-cannot-read = 机器人看不懂顾客发的内容
desk-reason-reopened = 顾客又来问已解决的问题
desk-reason-delivery-unknown = 不确定机器人的回答是否送达
desk-reason-answer-too-old = 机器人的回答已经太迟
desk-reason-answer-failed = 机器人的回答无法送达
desk-reason-taken-over = 同事从机器人那里接手

desk-customer-says = { $name }：
desk-customer-edited = { $name } 修改了消息：
desk-customer-blocked = { $name } 屏蔽了机器人。解除之前无法送达任何消息。
desk-customer-unblocked = { $name } 解除了对机器人的屏蔽。
desk-note-by = { $agent } 的备注：
desk-sent-by = ✓ { $agent } 已发送给 { $customer }：
desk-not-delivered = ✗ 未能送达（{ $why }）：
desk-delivery-unknown = ⚠ 不确定这条是否已送达 { $customer }：
desk-maybe-repeated = （可能是重复内容）
desk-warning = ⏳ 已等待 { $waited } 分钟，距离目标还剩 { $left } 分钟。
desk-breach = 🔴 已超过 { $target } 分钟的目标：顾客等了 { $waited } 分钟。
desk-lease-over = { $agent } 在顾客等待时一直没有动静：对话已回到队列。
desk-still-waiting = 🔔 顾客还在等回复：{ $waited } 分钟。
desk-target-near = ⏳ { $clock }：距离目标还剩 { $length }。
desk-target-missed = 🔴 { $clock }：已超过 { $length }的目标。
desk-snoozed = 🔕 { $agent } 希望 { $minutes } 分钟内不再提醒，或直到顾客来信。计时照常进行。
desk-customer-left = { $name } 不再在这里等候，希望之后收到消息；排队位置保留。
desk-tries-bot = { $name } 再试一次机器人：这次转接已结束。

desk-button-claim = 接手
desk-button-release = 放回队列
desk-button-reply = 回复
desk-button-note = 备注
desk-button-resolve = 已解决
desk-button-snooze = 暂时不再提醒
desk-button-send-again = 重新发送
desk-button-it-arrived = 已送达
desk-form-reply = 回复 { $name }
desk-form-reply-field = 顾客将看到的内容
desk-form-note = 关于 { $name } 的备注
desk-form-note-field = 仅客服可见

desk-claimed-by-you = 已由您接手。请回复顾客的消息，或输入 /r 加内容；其他内容只有内部可见。
desk-yours-already = 您已经接手了。
desk-was-faster = { $agent } 抢先一步。
desk-has-it = 这个对话由 { $agent } 处理。
desk-released = 已放回队列。
desk-claim-first = 请先接手这个对话。
desk-paused = 计时已暂停，直到顾客来信，或您恢复计时（/resume）。
desk-paused-already = 计时已经暂停。
desk-not-paused = 计时正在进行。
desk-goes-on = 计时继续。
desk-resolved = 已解决。
desk-resolved-already = { $agent } 已经解决了。
desk-on-its-way = 正在发送；送达后会有标记。
desk-sending-again = 正在重新发送。
desk-counted-as-arrived = 已计为送达。
desk-empty-reply = 没有可发送的内容：请在 /r 后面写内容，或回复顾客的消息。
desk-closed = 对话已关闭。顾客再次留言会开启新对话。
desk-button-out-of-date = 这个按钮已过期；卡片上是最新状态。
desk-not-listed = 您不在客服名单里，所以此操作不起作用。管理员可以添加您：careline staff add
desk-unknown-command = 我认识 /r、/note、/claim、/release、/resolve、/report、/faq，以及在和我的私聊中的 /console。
desk-console-in-private = 请在私聊中给我发 /console：链接只应由您看到。
desk-console-link = 您的登录链接，15 分钟内有效，仅限一次：{ $link }

# 客服在斜杠命令旁看到的说明。
desk-command-reply = 把这段话发给顾客
desk-command-note = 只有同事能看到的备注
desk-command-claim = 接手这个对话
desk-command-release = 放回队列
desk-command-resolve = 问题已解决
desk-command-wait = 等顾客回复：暂停计时
desk-command-hold = 等第三方：暂停计时
desk-command-resume = 恢复计时
desk-command-console = 控制台的登录链接
desk-command-report = 数据和图表：/report sla 7
desk-command-report-argument = sla、handoffs 或 staffing，以及天数
desk-command-words = 内容
desk-room-not-opened = ⚠ 另一个工作台无法开启房间（{ $why }）；等待预警时会再试。

report-waits = 顾客等待时间
report-week = 一周各小时等待人工的次数（颜色越深等待越久）
report-under = { $from } – { $to } · { $n } 个对话
report-beginning = 从头
report-now = 现在
report-band-quick = 30 分钟内
report-band-same-day = 4 小时内
report-band-next-day = 24 小时内
report-band-later = 更久
report-note = n = { $n }
report-note-attained = n = { $n } · { $percent } % 按时
report-first-answer = 首次回答
report-first-human-response = 人工首次回复
report-human-wait = 等待人工
report-handoff-to-claim = 直到有人接手
report-next-response = 后续回复
report-first-resolution = 直到首次解决
report-total-resolution = 直到最终解决
report-mon = 星期一
report-tue = 星期二
report-wed = 星期三
report-thu = 星期四
report-fri = 星期五
report-sat = 星期六
report-sun = 星期日
report-human-waits = 顾客等待人工的时间
report-handoffs = 转人工：按原因看多久得到回复
report-agents-needed = 一周各小时需要的客服人数
report-under-handoffs = { $from } – { $to } · { $n } 次转人工
report-all = 全部
report-none = 无
report-bot = 机器人
report-below-a-minute = 不到 1 分钟
report-heading-day = { $title }，{ $day }
report-heading-days = { $title }，{ $from } – { $to }
report-line-came-in = 新对话：{ $n }；已解决：{ $resolved }；转人工：{ $handed }
report-line-by-bot = 机器人解决：已确认 { $confirmed }，推定 { $assumed }
report-line-wait = { $name }：中位数 { $median }，九成在 { $ninety } 内（n = { $n }）
report-line-wait-attained = { $name }：中位数 { $median }，九成在 { $ninety } 内，{ $percent } % 按时（n = { $n }）
report-line-coverage = 首次回答达到 { $percent } % 顾客的期望（n = { $n }；37 % 期望 30 分钟内，26 % 期望 4 小时内，31 % 期望 24 小时内）
report-line-promises = 兑现的承诺：{ $percent } %（n = { $n }）
report-line-preferences = 按顾客意愿先由人工接待：{ $percent } %（n = { $n }）
report-line-trouble = 未能送达：{ $failed }；是否送达不明：{ $unknown }
report-line-backlog = 正在等待：{ $n }，尚无人接手：{ $untaken }；最久 { $oldest }
report-line-nobody-waits = 现在没有人在等待。
report-line-requests = 转人工次数：{ $n }
report-line-handling = 每次平均处理 { $handling }（n = { $n }）
report-line-agents = 最忙的一小时需要 { $n } 位客服，才能让 { $percent } % 在 { $target } 内有人接手（每人同时 { $once } 个对话）
report-line-reason = { $name }：{ $n }
report-line-reason-taken = { $name }：{ $n }，{ $median } 后接手（{ $taken } 次的中位数）
report-usage = /report [sla|handoffs|staffing] [天数]，例如 /report sla 7
report-drawing = 报告正在生成，马上发到这里。
report-not-drawn = 报告未能生成，原因见日志。
report-digest-daily = 昨天的数据
report-digest-since = 自上个营业日以来的数据
report-digest-weekly = 上周的数据

# 每周一次：机器人没答好的问题。
desk-gaps-title = 自 { $day } 起一周内未解决的问题
desk-gaps-head = 共 { $questions } 个机器人没有答好的问题，分为 { $groups } 组。
desk-gaps-answer = 人工回答：{ $answer }
desk-gaps-more = 新建条目、添加问法或忽略：{ $link }
desk-gap-no-answer = { $n } 个没有答案
desk-gap-did-not-help = { $n } 个没帮上忙
desk-gap-handoff = { $n } 个转人工
desk-gap-no-choice = { $n } 个没有选择任何选项
desk-gap-chosen = { $n } 个通过选项回答

## 哪种措辞更有帮助；A 是回答本身，B 是第一种其他措辞。

wording-test-title = 哪种措辞更有帮助
wording-test-name = 措辞 { $name }
wording-test-wording = 措辞
wording-test-customers = 客户
wording-test-reacted = 有反应
wording-test-helped = 有帮助
wording-test-to-person = 转人工
wording-test-share = ({ $n } %)
wording-test-better = { $better } 比 { $worse } 更有帮助：在 { $n } 位客户有反应之后得出。
wording-test-no-difference = 尚无差别：{ $n ->
        [0] 还没有客户有反应
       *[other] 已有 { $n } 位客户有反应
    }；每种措辞至少有 { $least } 位客户有反应，才会得出结论。
wording-test-method = 每位客户始终看到同一种措辞，并且对该措辞只计一次，以其第一次反应为准：说有帮助、说没有帮助，或转人工。结论针对得到帮助的比例。可以随时查看：对于效果相同的措辞，一百次比较中最多有 { $percent } 次会误判（按 Turner、Ly 和 Grünwald 2024 的押注式序贯检验，并按措辞数量校正；每种措辞有 { $least } 次反应之后开始判断）。
wording-test-off = 目前不比较措辞（knowledge.wording_tests 已关闭）：所有客户都收到 A。
